"""One look says how everything is; what cannot be told is unknown, and hides nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from shared.kernel import Transient
from shared.kernel.values import to_text
from shared.lag import Cost, Estimate, FeedLag, Measurement
from shared.observer import SILENT
from shared.pipeline import LagWatch, Standing, Status
from shared.pipeline.standing import ATTENTION_AFTER_ATTEMPTS
from shared.pipeline.status import exit_code
from shared.ports import Item, Reader
from tests.orders import EPOCH

WELL = FeedLag("view", "orders", leases=4, owned=4, lag=0, seconds=0.0, exact=True)
HEAD = {"lane": "view:1:c:o1", "reason": "handler_failed", "detail": "it raised", "since": to_text(EPOCH)}


@dataclass(frozen=True)
class Place:
    """Everything that a look asks; each part of it may be away."""

    feed: FeedLag = WELL
    heads: tuple[Item, ...] = ()
    overdue: int = 0
    in_vain: int = 0
    measured: bool = True
    away: frozenset[str] = frozenset()

    def _meet(self, part: str) -> None:
        if part in self.away:
            raise Transient(f"{part}: away")

    async def estimate(self, readers: Sequence[Reader], *, count_at_most: int = 0) -> Estimate:
        assert readers
        assert count_at_most == 0
        self._meet("feed")
        return Estimate(EPOCH, (self.feed,), Cost(0, 0, 0))

    async def renew(self, item: Item, *, over: Item | None) -> None:
        raise AssertionError(item, over)

    async def last(self) -> Item | None:
        self._meet("measured")
        return Measurement(EPOCH, (self.feed,), {}, Cost(0, 0, 0)).as_item() if self.measured else None

    async def since(self) -> Sequence[tuple[str, str]]:
        self._meet("lane")
        return [("view", str(head["since"])) for head in self.heads]

    async def parked(self) -> Sequence[Item]:
        self._meet("error")
        return self.heads

    async def overdue_by(self, moment: str) -> int:
        return self.overdue if moment < to_text(EPOCH) else self.overdue + 2

    async def unanswered(self, container: str, attempts: int) -> int:
        assert (container, attempts) == ("sagas", ATTENTION_AFTER_ATTEMPTS)
        self._meet("sagas")
        return self.in_vain

    async def hub(self) -> int:
        self._meet("hub")
        return 4


@dataclass(frozen=True)
class Counts:
    """A `SagaCounts` of a place."""

    place: Place

    async def overdue(self, container: str, moment: str) -> int:
        assert container == "sagas"
        return await self.place.overdue_by(moment)

    async def unanswered(self, container: str, attempts: int) -> int:
        return await self.place.unanswered(container, attempts)


def status(place: Place) -> Status:
    now = EPOCH + timedelta(seconds=5)
    watch = LagWatch(place, [Reader("view", "orders")], place, place, lambda: now, since=EPOCH - timedelta(hours=1))
    standing = Standing(SILENT, place, Counts(place), ["view"], lambda: now)
    return Status(watch, standing, place.parked, place.hub, lambda: now)


async def outcomes(place: Place) -> dict[str, str]:
    return {f"{fact.about} {fact.name}": fact.outcome for fact in await status(place).look()}


async def test_where_all_is_well_every_part_says_so() -> None:
    facts = {(fact.about, fact.name): fact for fact in await status(Place()).look()}

    assert {fact.outcome for fact in facts.values()} == {"well"}
    assert exit_code(fact.outcome for fact in facts.values()) == 0
    assert facts["feed", "view"].value == 0
    assert facts["sagas", "running"].value == facts["outbox", "due"].value == 2
    assert facts["hub", "order-events"].value == 4
    assert facts["measured", "measure_lag"].seconds == 5


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        (Place(feed=replace(WELL, seconds=61.0)), {"feed view"}),
        (Place(feed=replace(WELL, owned=3)), {"feed view"}),
        (Place(measured=False), {"measured measure_lag"}),
        (Place(heads=(HEAD,)), {"lane view", "error view:1:c:o1"}),
        (Place(overdue=1), {"sagas stuck"}),
        (Place(in_vain=1), {"sagas unanswered"}),
        (Place(away=frozenset({"hub"})), {"hub order-events"}),
    ],
)
async def test_whatever_is_wrong_is_named_and_makes_the_exit_code_1(place: Place, wrong: set[str]) -> None:
    found = await outcomes(place)

    assert {name for name, outcome in found.items() if outcome == "wrong"} == wrong
    assert exit_code(found.values()) == 1


@pytest.mark.parametrize(
    ("place", "unknown"),
    [
        (Place(feed=replace(WELL, unknown=1)), {"feed view"}),
        (Place(feed=replace(WELL, leases=0, owned=0)), {"feed view"}),
        (Place(away=frozenset({"feed"})), {"feed all"}),
        (Place(away=frozenset({"measured"})), {"measured measure_lag"}),
        (Place(away=frozenset({"lane", "error"})), {"lane all", "error all"}),
        (Place(away=frozenset({"sagas"})), {"sagas unanswered"}),
    ],
)
async def test_what_cannot_be_told_is_unknown_and_never_0(place: Place, unknown: set[str]) -> None:
    facts = {f"{fact.about} {fact.name}": fact for fact in await status(place).look()}

    assert {name for name, fact in facts.items() if fact.outcome == "unknown"} == unknown
    assert {facts[name].value for name in unknown} == {None}
    assert exit_code(fact.outcome for fact in facts.values()) == 3


async def test_what_is_switched_off_is_off_and_no_trouble() -> None:
    found = await outcomes(Place(feed=replace(WELL, off=True, owned=0)))
    no_hub = {fact.about: fact for fact in await replace(status(Place()), hub=None).look()}

    assert found["feed view"] == no_hub["hub"].outcome == "off"
    assert exit_code(found.values()) == exit_code(fact.outcome for fact in no_hub.values()) == 0


async def test_the_newest_errors_come_first_and_only_some_of_them() -> None:
    heads = tuple(HEAD | {"lane": str(number)} for number in range(8))

    errors = [fact.name for fact in await status(Place(heads=heads)).look() if fact.about == "error"]

    assert errors == ["7", "6", "5", "4", "3"]
