"""The layer below performatives: protocol headers, and frames that carry one performative and perhaps a payload."""

import struct
from dataclasses import dataclass
from typing import Final

from local.eventhubs.amqp.decode import Malformed

AMQP_HEADER: Final = b"AMQP\x00\x01\x00\x00"
SASL_HEADER: Final = b"AMQP\x03\x01\x00\x00"
HEADER_SIZE: Final = 8
AMQP: Final = 0
SASL: Final = 1
_HEAD: Final = struct.Struct(">IBBH")
_WORDS_OF_HEAD: Final = 2
# What says on an idle connection that somebody is still there.
HEARTBEAT: Final = _HEAD.pack(8, _WORDS_OF_HEAD, AMQP, 0)


@dataclass(frozen=True, slots=True)
class Frame:
    """`body` is a performative and what follows it; empty for a heartbeat."""

    kind: int
    channel: int
    body: bytes


def frame(body: bytes, channel: int = 0, *, kind: int = AMQP) -> bytes:
    return _HEAD.pack(_HEAD.size + len(body), _WORDS_OF_HEAD, kind, channel) + body


def first_frame(received: bytearray, at: int, largest: int) -> tuple[Frame, int] | None:
    """The frame that begins `at` and where it ends; None while it is not all there. Raises Malformed."""
    if len(received) - at < _HEAD.size:
        return None
    size, words, kind, channel = _HEAD.unpack_from(received, at)
    if size < _HEAD.size or words < _WORDS_OF_HEAD or 4 * words > size or size > largest:
        raise Malformed(f"a frame of {size} bytes, its head of {4 * words}, where {largest} are agreed")
    if len(received) - at < size:
        return None
    return Frame(kind, channel, bytes(received[at + 4 * words : at + size])), at + size
