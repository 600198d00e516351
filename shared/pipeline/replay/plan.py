"""Which parked keys are meant, and in which order: pure, from what the catalogue lists."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.kernel.values import from_text, to_text
from shared.ports import Item


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter; what is left empty filters nothing. `key` is a stream, or the id of a row."""

    consumer: str = ""
    reason: str = ""
    key: str = ""
    older_than: timedelta = timedelta()
    lanes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Lot:
    """One lane, by what it says of itself."""

    lane: str
    consumer: str
    reason: str
    detail: str
    key: str
    row: str
    since: datetime

    @property
    def group(self) -> tuple[str, str, str]:
        """Lanes that failed alike: what frees one is likely to free all."""
        return self.consumer, self.reason, self.detail

    def is_meant(self, wanted: Wanted, now: datetime) -> bool:
        return (
            (not wanted.lanes or self.lane in wanted.lanes)
            and wanted.consumer in {"", self.consumer}
            and wanted.reason in {"", self.reason}
            and wanted.key in {"", self.key, self.row}
            and now - self.since >= wanted.older_than
        )


def plan(parked: Sequence[Item], claims: Sequence[Item], *, wanted: Wanted, now: datetime) -> tuple[Lot, ...]:
    """Every lane that is meant, once, whoever was parked first first.

    A claim whose lane is gone is what somebody left who died just before his end: it is meant by what it was taken for.
    """
    lots = {lot.lane: lot for lot in (*_left(claims, now), *map(lot_of, parked)) if lot.is_meant(wanted, now)}
    return tuple(sorted(lots.values(), key=lambda lot: (lot.since, lot.lane)))


def groups(lots: Sequence[Lot]) -> tuple[tuple[Lot, ...], ...]:
    """Those that failed alike together, in the order of the first of each: which is the group's canary."""
    found: dict[tuple[str, str, str], list[Lot]] = {}
    for lot in lots:
        found.setdefault(lot.group, []).append(lot)
    return tuple(map(tuple, found.values()))


def lot_of(item: Item) -> Lot:
    """Of a head or a raw record."""
    said = {name: str(item.get(name, "")) for name in ("lane", "consumer", "reason", "detail", "stream", "row")}
    return Lot(
        said["lane"],
        said["consumer"],
        said["reason"],
        said["detail"],
        key=said["stream"],
        row=said["row"],
        since=from_text(str(item["since"])),
    )


def _left(claims: Sequence[Item], now: datetime) -> Iterator[Lot]:
    for claim in claims:
        before = claim.get("before")
        if isinstance(before, Mapping) and "since" in before and str(claim.get("until")) <= to_text(now):
            yield lot_of(before)
