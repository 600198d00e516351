"""One stored version of one item, and what the server asks of whatever keeps them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(slots=True)
class Record:
    """`body` is the answer's text, system properties and all; `seq` numbers items in the order of their creation.

    Nothing ever changes one. Not frozen, because each write makes one, and to make a frozen one costs four times as
    much.
    """

    seq: int
    container: int
    epk: bytes
    id: str
    range: int
    lsn: int
    ts: int
    ttl: int | None
    expires: int | None
    charge: float
    etag: bytes
    body: bytes


class Records(Protocol):
    """Items by key, by partition, by hash and by change; expired ones are still there until they are erased."""

    def get(self, container: int, epk: bytes, name: str) -> Record | None: ...

    def numbered(self, container: int, seq: int) -> Record | None: ...

    def put(self, record: Record) -> None:
        """A new item, or the new version of the one with this `seq`."""

    def erase(self, record: Record) -> None: ...

    def partition(self, container: int, epk: bytes, after: int = 0) -> Iterator[Record]:
        """Oldest item first; `after` is the `seq` of the last one seen."""

    def span(self, container: int, low: bytes, high: bytes, after: tuple[bytes, str] = (b"", "")) -> Iterator[Record]:
        """In the order of (effective key, id), which later writes do not disturb."""

    def changes(self, container: int, key_range: int, after: int) -> Iterator[Record]:
        """Last versions in the order of their LSN; the cost does not depend on `after`."""

    def expired(self, container: int, now: int, limit: int) -> list[Record]: ...

    def set_expiry(self, container: int, default: int | None) -> None:
        """Follows a change of the container's default time to live; None switches expiry off."""

    def move(self, container: int, low: bytes, high: bytes, key_range: int) -> None:
        """Gives the items of a span to another range; each keeps its LSN."""

    def drop(self, container: int) -> None: ...

    def flush(self) -> None:
        """Hands everything so far to the database connection, where there is one."""

    def snapshot(self, name: str) -> None: ...

    def restore(self, name: str) -> None: ...


def expiry(record: Record, default: int | None) -> int | None:
    """When the item expires under a container's default: None for never."""
    if default is None:
        return None
    lifetime = default if record.ttl is None else record.ttl
    return None if lifetime == -1 else record.ts + lifetime
