"""Next to the sample style: the engine on one large batch, and the deployed function on pages of its own size.

Both keep one row for each order, five events an order, on a server with one physical partition, as a container has up
to 10,000 RU/s. The sample's view is indexed as a container is by default, ours as infra/containers.json says.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import cache, partial
from typing import Any, Final

from benchmarks.claims import Aim, Claim, Ratio, Spent, median_ratio
from benchmarks.programs import Program, cosmos, listening
from benchmarks.sides import Side, Used, delay, function, running, sampled, used
from shared.pipeline import Consumer
from shared.subscriptions import CONSUMERS

EVENTS: Final = 1000
EVENTS_AN_ORDER: Final = 5
ORDERS: Final = EVENTS // EVENTS_AN_ORDER
PAGE: Final = 100
ROUNDS: Final = 5
LATENCY_MS: Final = 5
FAR_ROUNDS: Final = 9

type Pairs = list[tuple[Spent, Spent]]


def view() -> Consumer:
    return next(each for each in CONSUMERS if each.name == "project_customer_orders")


async def _rounds(ours: Side, sample: Side, count: int) -> Pairs:
    await ours.once(), await sample.once()
    return [(await ours.once(), await sample.once()) for _ in range(count)]


async def _engine(server: Program) -> Pairs:
    async with running(server.url) as app:
        ours = Side(partial(app.pipeline.run, view()), ORDERS, EVENTS)
        return await _rounds(ours, Side(sampled(server.url), ORDERS, EVENTS), ROUNDS)


async def _engine_far_away(server: Program) -> Pairs:
    async with running(server.url) as app:
        ours = Side(partial(app.pipeline.run, view()), ORDERS, EVENTS)
        sample = Side(sampled(server.url), ORDERS, EVENTS)
        await ours.once(), await sample.once()
        await asyncio.to_thread(delay, server.url, LATENCY_MS)
        # The sample takes as long as a hundred of ours; one of ours alone is at the mercy of the machine.
        theirs = await sample.once()
        return [(await ours.once(), theirs) for _ in range(FAR_ROUNDS)]


async def _deployed(server: Program) -> tuple[Pairs, Used, Used]:
    async with function(server.url, view().name) as on_change:
        ours, sample = Side(on_change, ORDERS, PAGE), Side(sampled(server.url), ORDERS, PAGE)
        pairs = await _rounds(ours, sample, ROUNDS)
        return pairs, await used(server.url, ours.once), await used(server.url, sample.once)


@cache
def _measured(what: Callable[[Program], Awaitable[Any]]) -> Any:  # noqa: ANN401 - whatever was measured
    """Once for all claims about it."""
    with listening(cosmos("--ranges", "1")) as server:
        return asyncio.run(_awaited(what, server))


async def _awaited(what: Callable[[Program], Awaitable[Any]], server: Program) -> Any:  # noqa: ANN401 - same
    return await what(server)


def _cpu(pairs: Pairs, bound: float) -> Ratio:
    ratio = median_ratio([(ours.cpu, sample.cpu) for ours, sample in pairs])
    ours, sample = (1e6 * sum(spent.cpu for spent in side) / len(pairs) / EVENTS for side in zip(*pairs, strict=True))
    detail = (
        f"{1 / ratio:.0f} times less; {ours:.0f} us an event ({1e6 / ours:,.0f} a core-second), sample {sample:.0f} us"
    )
    return Ratio(ratio, bound, detail)


def _engine_cpu() -> Ratio:
    return _cpu(_measured(_engine), 1 / 50)


def _function_cpu() -> Ratio:
    return _cpu(_measured(_deployed)[0], 1 / 30)


def _far_away() -> Ratio:
    pairs = _measured(_engine_far_away)
    ratio = median_ratio([(ours.wall, sample.wall) for ours, sample in pairs])
    theirs = pairs[0][1].wall
    detail = f"{1 / ratio:.0f} times; {1000 * ratio * theirs:.0f} ms, sample {theirs:.1f} s"
    return Ratio(ratio, 1 / 150, detail)


def _requests() -> Ratio:
    _, ours, sample = _measured(_deployed)
    detail = f"{ours.requests} and {sample.requests} for {EVENTS} events"
    return Ratio(ours.requests / sample.requests, 1 / 50, detail)


def _charge() -> Ratio:
    _, ours, sample = _measured(_deployed)
    detail = f"{ours.charge / EVENTS:.1f} and {sample.charge / EVENTS:.1f} RU an event"
    return Ratio(ours.charge / sample.charge, 0.65, detail)


_WHY_ENGINE: Final = (
    "The store's requests are hardly in it any more. A third reads the events into values (`decode`), a third folds "
    "them and writes the rows' JSON with exact money beside the readable one, a third gives each row its key's hash, "
    "its operation and its result. Marks, etags, lanes and generations are looked at for every key of a page."
)
_WHY_FAR: Final = (
    "Two round trips, a read and a write of all rows, are the smaller part of a page's time; what is left is the CPU "
    "of the app and of the server one after the other, with which the sample's two thousand round trips do not grow."
)
_WHY_FUNCTION: Final = (
    "A page of 100 events has 20 orders, so two requests are shared by 20 rows and not by 100 as in `engine-cpu`: the "
    "SDK's part of a request weighs five times as much on an event."
)

OVER_SAMPLE: Final = (
    Claim(
        "engine-cpu",
        f"{EVENTS} events into {ORDERS} rows: 1/50 of the sample style's CPU",
        _engine_cpu,
        Aim(1 / 100, _WHY_ENGINE),
    ),
    Claim(
        "engine-wall",
        f"the same with a store {LATENCY_MS} ms away: 1/150 of its time",
        _far_away,
        Aim(1 / 300, _WHY_FAR),
    ),
    Claim(
        "function-cpu",
        f"pages of {PAGE} through function_app: 1/30 of the sample style's CPU",
        _function_cpu,
        Aim(1 / 40, _WHY_FUNCTION),
    ),
    Claim("function-requests", f"pages of {PAGE} through function_app: 1/50 of its requests", _requests),
    Claim("function-charge", f"pages of {PAGE} through function_app: 0.65 of its request units", _charge),
)
