"""Effective partition keys from one bound to another, and the physical ranges that hold them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Keys:
    """From `low`, included, to `high`, excluded: hexadecimal in text order, where zeros at the end count nothing."""

    low: str
    high: str

    def includes(self, other: "Keys") -> bool:
        return _place(self.low) <= _place(other.low) and _place(other.high) <= _place(self.high)

    def common(self, other: "Keys") -> "Keys | None":
        """What is in both; None when nothing is."""
        low, high = max(self.low, other.low, key=_place), min(self.high, other.high, key=_place)
        return Keys(low, high) if _place(low) < _place(high) else None


WHOLE: Final = Keys("", "FF")


@dataclass(frozen=True, slots=True)
class PhysicalRange:
    """`parents` are the ids of all ranges that it came from by splits and merges."""

    id: str
    keys: Keys
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """What a lease covers of one physical range."""

    range: str
    keys: Keys


def living(described: Iterable[Mapping[str, Any]]) -> tuple[PhysicalRange, ...]:
    """From entries of `pkranges`, ascending, without those that have been split or merged."""
    found = [
        PhysicalRange(
            str(one["id"]), Keys(str(one["minInclusive"]), str(one["maxExclusive"])), tuple(one.get("parents") or ())
        )
        for one in described
    ]
    gone = {parent for one in found for parent in one.parents}
    return tuple(sorted((one for one in found if one.id not in gone), key=lambda one: _place(one.keys.low)))


def covered(whole: Keys, parts: Iterable[Keys]) -> bool:
    """Whether the parts, which may overlap, leave nothing of the whole out."""
    reached = _place(whole.low)
    for part in sorted(parts, key=lambda each: _place(each.low)):
        if _place(part.low) > reached:
            return False
        reached = max(reached, _place(part.high))
    return reached >= _place(whole.high)


def overlap(parts: Sequence[Keys]) -> bool:
    """Whether any two of the parts have keys in common."""
    ordered = sorted(parts, key=lambda each: (_place(each.low), _place(each.high)))
    return any(_place(first.high) > _place(second.low) for first, second in pairwise(ordered))


def _place(bound: str) -> str:
    return bound.upper().rstrip("0")
