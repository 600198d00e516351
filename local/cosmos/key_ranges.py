"""The physical ranges of a container: which exist, which came from which, and where each one's log stands."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from local.cosmos.epk import HIGHEST, equal_bounds, to_hex
from local.cosmos.errors import range_gone


@dataclass(slots=True)
class KeyRange:
    """A span [low, high) of effective keys with its own log; `lsn` is the number of its last transaction."""

    number: int
    low: bytes
    high: bytes
    parents: tuple[int, ...] = ()
    born: int = 1
    lsn: int = 0

    @property
    def name(self) -> str:
        return str(self.number)

    def describe(self) -> dict[str, object]:
        """What the catalogue keeps; the LSN is kept beside it, because it moves with each write."""
        return {
            "number": self.number,
            "low": self.low.hex(),
            "high": self.high.hex(),
            "parents": self.parents,
            "born": self.born,
        }


class KeyRanges:
    """Live ranges without gap or overlap; `version` counts the splits and merges."""

    def __init__(self, ranges: Iterable[KeyRange]) -> None:
        self._ordered = sorted(ranges, key=lambda one: one.low)
        self._reindex()

    def _reindex(self) -> None:
        self._lows = [one.low for one in self._ordered]
        self._by_name = {one.name: one for one in self._ordered}
        self.version = max(one.born for one in self._ordered)

    def __iter__(self) -> Iterator[KeyRange]:
        return iter(self._ordered)

    def __len__(self) -> int:
        return len(self._ordered)

    def owner(self, epk: bytes) -> KeyRange:
        return self._ordered[bisect_right(self._lows, epk) - 1]

    def named(self, name: str) -> KeyRange:
        """The live range of that id.

        Raises:
            CosmosError: 410/1002 when there is none, as after a split.

        """
        found = self._by_name.get(name)
        if found is None:
            raise range_gone(name)
        return found

    def after(self, one: KeyRange) -> KeyRange | None:
        place = bisect_right(self._lows, one.low)
        return self._ordered[place] if place < len(self._ordered) else None

    def replace(self, old: Iterable[KeyRange], new: Iterable[KeyRange]) -> None:
        """The new ones must cover exactly what the old ones covered."""
        gone = {one.number for one in old}
        kept = [one for one in self._ordered if one.number not in gone]
        self._ordered = sorted((*kept, *new), key=lambda one: one.low)
        self._reindex()

    def next_number(self) -> int:
        known = (number for one in self._ordered for number in (one.number, *one.parents))
        return max(known) + 1


def fresh(count: int, *, version: int) -> KeyRanges:
    """`count` ranges of equal width, numbered from 0 as on the wire."""
    lows = equal_bounds(count, version=version)
    highs = (*lows[1:], HIGHEST)
    return KeyRanges(KeyRange(number, low, high) for number, (low, high) in enumerate(zip(lows, highs, strict=True)))


def restored(described: Iterable[Mapping[str, object]], lsns: Mapping[int, int]) -> KeyRanges:
    return KeyRanges(_restored(one, lsns) for one in described)


def _restored(one: Mapping[str, object], lsns: Mapping[int, int]) -> KeyRange:
    match one:
        case {"number": int(number), "low": str(low), "high": str(high), "parents": [*parents], "born": int(born)}:
            return KeyRange(
                number,
                bytes.fromhex(low),
                bytes.fromhex(high),
                tuple(parent for parent in parents if isinstance(parent, int)),
                born,
                lsns.get(number, 0),
            )
        case _:
            raise ValueError(f"The stored range {one!r} cannot be read; the file was written by another version.")


def wire(one: KeyRange, *, container_rid: str, range_rid: str, share: float, ts: int) -> dict[str, object]:
    """The shape of one entry of `pkranges`."""
    return {
        "_rid": range_rid,
        "id": one.name,
        "_etag": f'"{one.born:08x}"',
        "minInclusive": to_hex(one.low),
        "maxExclusive": to_hex(one.high),
        "ridPrefix": one.number,
        "_self": f"{container_rid}pkranges/{range_rid}/",
        "throughputFraction": share,
        "status": "online",
        "parents": [str(parent) for parent in one.parents],
        "ownedArchivalPKRangeIds": [],
        "_ts": ts,
        "lsn": one.lsn,
    }
