"""Whether a grown row says what the live one says: by key, mark and body, and whether a difference has its reason.

A mark moves with the batches that events came in: past those that change nothing it may or may not. So the grown row
may be ahead of the live one with the same body; behind it, it has to show that it has missed nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final, Literal

import orjson

from shared.kernel import Key
from shared.kernel.generations import parted
from shared.ports import Item

PARTS: Final = 64
_SIZE: Final = 16
_LIMIT: Final = 1 << 8 * _SIZE
_NO_BODY: Final = frozenset({"id", "mark", "stale", "body"})

type Why = Literal["missing", "extra", "differs", "behind", "parked", "was parked"]


@dataclass(frozen=True, slots=True)
class Seen:
    """What is compared of a row. `body` is a digest; None for a row without one, which is as good as none."""

    mark: int = 0
    body: bytes | None = None
    is_stale: bool = False


NOTHING: Final = Seen()


def key_of(item: Item, partitioned_by: str) -> tuple[int, Key]:
    """The number of the generation that a row is of, 0 for what is no row, and its key in the first one."""
    number, partition = parted(str(item[partitioned_by]))
    return number, Key(partition, str(item["id"]))


def content(item: Item, partitioned_by: str, leaving_out: Collection[str]) -> dict[str, object]:
    """What the row says, without where it lives, how far it is, and what the store has put on it."""
    return {
        name: value
        for name, value in item.items()
        if name not in _NO_BODY and name != partitioned_by and name[0] != "_" and name not in leaving_out
    }


def seen(item: Item, partitioned_by: str, leaving_out: Collection[str]) -> Seen:
    body = None
    if item.get("body") is not False:
        text = orjson.dumps(content(item, partitioned_by, leaving_out), option=orjson.OPT_SORT_KEYS)
        body = blake2b(text, digest_size=_SIZE).digest()
    return Seen(int(str(item.get("mark", 0))), body, "stale" in item)


def part_of(key: Key) -> int:
    return _hash(key)[0] % PARTS


def _hash(key: Key) -> bytes:
    return blake2b(f"{len(key.partition)}:{key.partition}:{key.id}".encode(), digest_size=_SIZE).digest()


@dataclass(slots=True)
class Digests:
    """Of one generation: two numbers for each part of its keys that do not depend on the order of its rows.

    `sums` are of keys, marks and bodies, `bodies` of keys and bodies alone.
    """

    sums: list[int] = field(default_factory=lambda: [0] * PARTS)
    bodies: list[int] = field(default_factory=lambda: [0] * PARTS)
    rows: int = 0

    def add(self, key: Key, row: Seen) -> None:
        """A row that changed since it was added is another one: its part then differs, and is looked at by key."""
        if row.body is None:
            return
        name = _hash(key)
        part, text = name[0] % PARTS, name + row.body + bytes([row.is_stale])
        self.sums[part] = _plus(self.sums[part], text + row.mark.to_bytes(8))
        self.bodies[part] = _plus(self.bodies[part], text)
        self.rows += 1

    def differing(self, other: "Digests") -> frozenset[int]:
        """Where a key, a mark or a body does: what is left to be compared by key."""
        return frozenset(part for part in range(PARTS) if self.sums[part] != other.sums[part])

    def equal(self, other: "Digests") -> int:
        """In how many parts all rows say the same, wherever their marks stand."""
        return sum(one == two for one, two in zip(self.bodies, other.bodies, strict=True))


def _plus(total: int, text: bytes) -> int:
    return (total + int.from_bytes(blake2b(text, digest_size=_SIZE).digest())) % _LIMIT


@dataclass(frozen=True, slots=True)
class Difference:
    """`fields` names what differs, when both rows were read."""

    key: Key
    why: Why
    live: int
    grown: int
    fields: tuple[str, ...] = ()

    @property
    def is_explained(self) -> bool:
        """The live generation lacks what waits in a lane; the grown one has it."""
        return self.why == "was parked"

    def as_row(self) -> dict[str, object]:
        outcome = "explained" if self.is_explained else "differs"
        shown: dict[str, object] = {"key": self.key.id, "outcome": outcome, "why": self.why}
        return shown | {"live": self.live, "grown": self.grown, "fields": list(self.fields)}


def verdict(key: Key, live: Seen, grown: Seen) -> Difference | None:
    """None when they say the same."""
    why = _why(live, grown)
    return Difference(key, why, live.mark, grown.mark) if why else None


def _why(live: Seen, grown: Seen) -> Why | None:
    if live.is_stale and not grown.is_stale:
        return "was parked" if live.body != grown.body or live.mark != grown.mark else None
    if grown.is_stale and not live.is_stale:
        return "parked"
    if live.body != grown.body:
        if live.is_stale and grown.mark > live.mark:
            return "was parked"
        return "missing" if grown.body is None else "extra" if live.body is None else "differs"
    # Without a body on both sides there is nothing that one could lack.
    return "behind" if live.body is not None and grown.mark < live.mark else None
