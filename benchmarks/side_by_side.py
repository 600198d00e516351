"""Ways to keep one view, each on the same orders and the same server, which keeps its items in a file.

Every round runs each way once, on orders of its own; a way's numbers are medians over the rounds, of one event.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from azure.cosmos.aio import ContainerProxy, CosmosClient

from benchmarks import floor_by_hand, gather_style, runner_style, sample_style
from benchmarks.bulk_writer import VIEW, recorded
from benchmarks.claims import Spent
from benchmarks.load import Line
from benchmarks.over_sample import EVENTS, ORDERS, PAGE, view
from benchmarks.programs import Program, cosmos, listening
from benchmarks.requests import EMULATOR_KEY, Template
from benchmarks.results import Way
from benchmarks.sides import DATABASE, Side, function, running, sampled, used

TABLE: Final = "side-by-side"
ROUNDS: Final = 5

type Work = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one round, with the seconds that the server spent meanwhile."""

    spent: Spent
    server: float | None


def side_by_side(machine: str) -> Iterator[Way]:
    with TemporaryDirectory(dir=".") as folder:
        file = str(Path(folder) / "cosmos.sqlite")
        with listening(cosmos("--ranges", "1", "--data", file)) as server:
            yield from asyncio.run(_ways(server, machine))


async def _ways(server: Program, machine: str) -> list[Way]:
    async with _sides(server) as sides:
        rounds = [await _round(server, sides) for _ in range(ROUNDS + 1)][1:]
        found = [await _way(server, name, side, [each[name] for each in rounds], machine) for name, side in sides]
    return [*found, _of("pyeventsourcing's projection runner, SQLite", machine, [each[""] for each in rounds])]


async def _round(server: Program, sides: list[tuple[str, Side]]) -> dict[str, Measured]:
    found = {}
    for name, side in sides:
        began = server.cpu_seconds()
        spent = await side.once()
        found[name] = Measured(spent, server.cpu_seconds() - began)
    # Blocks like the sample, and has no server at all.
    return found | {"": Measured(runner_style.run(ORDERS), None)}


@asynccontextmanager
async def _sides(server: Program) -> AsyncIterator[list[tuple[str, Side]]]:
    async with AsyncExitStack() as stack:
        bulk = await stack.enter_async_context(running(server.url))
        points = await stack.enter_async_context(running(server.url, "points"))
        on_change = await stack.enter_async_context(function(server.url, view().name))
        client = await stack.enter_async_context(CosmosClient(server.url, EMULATOR_KEY))
        sample, database = sampled(server.url), client.get_database_client(DATABASE)
        gathered = _gathered(database.get_container_client(sample_style.VIEW))
        line = stack.enter_context(closing(Line(server.port)))
        by_hand = _by_hand(line, await recorded(database.get_container_client(VIEW)))
        yield [
            ("sample style: synchronous, a read and an upsert an event", _page(sample)),
            ("the same, 32 at a time with the asynchronous client", _page(gathered)),
            (f"ours, COSMOS_WRITES=points, pages of {PAGE}", _page(partial(points.pipeline.run, view()))),
            (f"ours, through function_app, pages of {PAGE}", _page(on_change)),
            (f"ours, the engine on a page of {EVENTS}", Side(partial(bulk.pipeline.run, view()), ORDERS, EVENTS)),
            (f"by hand over a bare socket, msgspec, pages of {PAGE}", _page(by_hand)),
        ]


def _page(work: Work) -> Side:
    return Side(work, ORDERS, PAGE)


def _gathered(rows: ContainerProxy) -> Work:
    async def work(text: str) -> None:
        await gather_style.on_change(text, rows)

    return work


def _by_hand(line: Line, template: Template) -> Work:
    async def work(text: str) -> None:
        floor_by_hand.on_change(text, line, template)

    return work


async def _way(server: Program, name: str, side: Side, rounds: list[Measured], machine: str) -> Way:
    counted = await used(server.url, side.once)
    return replace(_of(name, machine, rounds), requests=counted.requests / EVENTS, charge=counted.charge / EVENTS)


def _of(name: str, machine: str, rounds: list[Measured]) -> Way:
    servers = [each.server for each in rounds if each.server is not None]
    return Way(
        name,
        machine,
        client=_each(each.spent.cpu for each in rounds),
        server=_each(servers) if servers else None,
        wall=_each(each.spent.wall for each in rounds),
        requests=None,
        charge=None,
    )


def _each(seconds: Iterable[float]) -> float:
    """Microseconds of an event."""
    return 1e6 * median(seconds) / EVENTS
