"""Patience repeats what was certainly not done, within its time and its budget, and spares a store that is busy."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.kernel import Conflict, Poison, Throttled, Transient, Unknown
from shared.pipeline import Patience
from shared.pipeline.patience import FIRST_DELAY, GIVE_UP_AFTER, LONGEST_DELAY, RESERVE, Budget
from tests.fakes import Clock


@dataclass
class Store:
    """Fails with each of `failures` in turn, then answers; or fails with the last one for ever."""

    failures: list[Exception]
    for_ever: bool = False
    calls: int = 0

    async def __call__(self) -> str:
        self.calls += 1
        if self.for_ever:
            raise self.failures[-1]
        if self.calls <= len(self.failures):
            raise self.failures[self.calls - 1]
        return "answer"


@dataclass
class Asked:
    """Patience whose clock moves only by its own waiting, and what it drew and waited."""

    clock: Clock = field(default_factory=Clock)
    budget: Budget = field(default_factory=Budget)
    share: float = 1.0
    most: list[float] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    @property
    def patience(self) -> Patience:
        return Patience(self.clock, sleep=self._sleep, draw=self._draw, budget=self.budget)

    def _draw(self, most: float) -> float:
        self.most.append(most)
        return most * self.share

    async def _sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        await self.clock.sleep(seconds)


@pytest.mark.parametrize("failure", [Transient("away"), Throttled("busy")])
async def test_what_was_certainly_not_done_is_repeated(failure: Transient) -> None:
    store = Store([failure, failure])

    assert await Asked().patience(store) == "answer"
    assert store.calls == 3


@pytest.mark.parametrize("failure", [Unknown("lost"), Conflict("taken"), Poison("rejected", "no"), ValueError("bug")])
async def test_everything_else_goes_up_at_once(failure: Exception) -> None:
    store = Store([failure])

    with pytest.raises(type(failure)):
        await Asked().patience(store)

    assert store.calls == 1


async def test_a_cancelled_call_is_not_repeated() -> None:
    async def cancelled() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await Asked().patience(cancelled)


@given(st.floats(0, 1))
async def test_a_wait_is_drawn_from_nothing_up_to_a_bound_that_doubles(share: float) -> None:
    asked = Asked(share=share)

    await asked.patience(Store([Transient("away")] * 9))

    bounds = [min(LONGEST_DELAY, FIRST_DELAY * 2**n) for n in range(9)]
    assert asked.most == pytest.approx(bounds)
    assert asked.waited == pytest.approx([bound * share for bound in bounds])


async def test_the_default_draw_stays_within_its_bound() -> None:
    draw = Patience(Clock()).draw

    drawn = [draw(2.0) for _ in range(200)]

    assert min(drawn) >= 0
    assert max(drawn) <= 2
    assert len(set(drawn)) > 100


async def test_the_time_the_store_asks_for_is_waited_at_least() -> None:
    asked = Asked()

    await asked.patience(Store([Throttled("busy", retry_after=3.0)]))

    assert asked.waited == [3.0 + FIRST_DELAY]


async def test_it_gives_up_within_its_time_by_its_own_clock() -> None:
    asked = Asked(budget=Budget(1000))
    store = Store([Transient("away")], for_ever=True)

    with pytest.raises(Transient, match="away"):
        await asked.patience(store)

    assert asked.clock.seconds <= GIVE_UP_AFTER
    assert asked.clock.seconds + LONGEST_DELAY > GIVE_UP_AFTER


async def test_it_does_not_begin_to_wait_for_longer_than_it_has_time() -> None:
    asked = Asked()

    with pytest.raises(Throttled):
        await asked.patience(Store([Throttled("busy", retry_after=GIVE_UP_AFTER)], for_ever=True))

    assert asked.waited == []
    assert asked.budget.tokens == pytest.approx(RESERVE)


@given(st.integers(1, 200))
@settings(deadline=None, max_examples=20)
async def test_in_an_outage_the_store_sees_a_fifth_more_calls_and_a_reserve(calls: int) -> None:
    asked = Asked(share=0)
    store = Store([Transient("away")], for_ever=True)

    for _ in range(calls):
        with pytest.raises(Transient):
            await asked.patience(store)

    assert calls <= store.calls <= calls * 1.2 + RESERVE


async def test_a_spent_budget_earns_its_next_retry_by_five_calls() -> None:
    asked = Asked(budget=Budget(0))
    fine, away = Store([]), Store([Transient("away")])
    for _ in range(4):
        await asked.patience(fine)

    assert await asked.patience(away) == "answer"


async def _answers(patience: Patience, answers: Callable[[], Awaitable[object]], times: int) -> None:
    for _ in range(times):
        try:
            await patience(answers)
        except Transient:
            continue


async def test_a_throttled_store_gets_fewer_calls_at_once_but_never_less_than_the_least() -> None:
    patience = Asked().patience
    limits = [patience.room.limit]

    for _ in range(20):
        await _answers(patience, Store([Throttled("busy")], for_ever=True), 1)
        limits.append(patience.room.limit)

    assert limits == sorted(limits, reverse=True)
    assert limits[-1] == patience.room.least


async def test_a_store_that_becomes_slow_gets_fewer_calls_at_once_and_more_again_when_it_recovers() -> None:
    clock = Clock()
    patience = Patience(clock)

    async def taking(seconds: float) -> None:
        await clock.sleep(seconds)

    await _answers(patience, lambda: taking(0.01), 50)
    full = patience.room.limit
    await _answers(patience, lambda: taking(1.0), 10)
    slow = patience.room.limit
    await _answers(patience, lambda: taking(0.01), 500)

    assert slow < full / 2
    assert patience.room.limit > full / 2
