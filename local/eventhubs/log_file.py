"""A file that keeps events: each publish is one write at its end, done before the sender hears that it is accepted.

What was accepted outlives the death of the process. It may not outlive the death of the machine: the file is not
forced to the disk. The file grows until the next start, which leaves out what retention has taken by then.
"""

import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Self

from local.eventhubs.amqp.decode import Malformed, decode
from local.eventhubs.amqp.encode import encode
from local.eventhubs.event import Event

type Entry = tuple[str, str, Event]
"""Hub, partition and event; an event without a message only says how far the partition had come."""

_MAGIC: Final = b"orderflow event log 1\n"
_HEAD: Final = struct.Struct(">II")


class LogFile:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)

    @classmethod
    def opened(cls, path: Path) -> tuple[Self, tuple[Entry, ...]]:
        """The log and what is in it. A last entry that a killed process has left half written is cut off.

        Raises ValueError for a file that is something else.
        """
        log = cls(path)
        content = path.read_bytes()
        if content and not content.startswith(_MAGIC[: len(content)]):
            raise ValueError(f"{path} is not an event log")
        entries, whole = _read(content)
        if len(content) < len(_MAGIC):
            os.ftruncate(log._file, 0)
            log._write(_MAGIC)
        else:
            os.ftruncate(log._file, whole)
        return log, entries

    def append(self, entries: Iterable[Entry]) -> None:
        """Raises OSError when they could not be written."""
        self._write(b"".join(map(_written, entries)))

    def replace(self, entries: Iterable[Entry]) -> None:
        """The file holds exactly these from now on; a death in the middle leaves the old one."""
        fresh = self._path.with_suffix(f"{self._path.suffix}.fresh")
        fresh.write_bytes(_MAGIC + b"".join(map(_written, entries)))
        fresh.replace(self._path)
        self.close()
        self._file = os.open(self._path, os.O_RDWR | os.O_APPEND)

    def close(self) -> None:
        os.close(self._file)

    def _write(self, content: bytes) -> None:
        size = os.fstat(self._file).st_size
        if os.write(self._file, content) != len(content):
            # Half an entry would hide everything behind it from the next start.
            os.ftruncate(self._file, size)
            raise OSError(f"{self._path} took only a part of {len(content)} bytes; is the disk full?")


def _written(entry: Entry) -> bytes:
    hub, partition, event = entry
    content = encode((hub, partition, event.sequence, event.offset, event.enqueued, event.message))
    return _HEAD.pack(len(content), zlib.crc32(content)) + content


def _read(content: bytes) -> tuple[tuple[Entry, ...], int]:
    entries, whole = [], len(_MAGIC)
    for entry, reached in _entries(content):
        entries.append(entry)
        whole = reached
    return tuple(entries), whole


def _entries(content: bytes) -> Iterator[tuple[Entry, int]]:
    at = len(_MAGIC)
    while at + _HEAD.size <= len(content):
        size, checksum = _HEAD.unpack_from(content, at)
        one = content[at + _HEAD.size : at + _HEAD.size + size]
        if len(one) < size or zlib.crc32(one) != checksum:
            return
        at += _HEAD.size + size
        yield _entry(one), at


def _entry(content: bytes) -> Entry:
    match decode(content)[0]:
        case (str(hub), str(partition), int(sequence), int(offset), int(enqueued), bytes(message)):
            return hub, partition, Event(sequence, offset, enqueued, message)
        case _:
            raise Malformed("an entry of the event log is not one")
