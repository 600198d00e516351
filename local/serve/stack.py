"""Event Hubs, server, containers and host, started in that order and ended in the other."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from local.serve.program import Hear, Program, finished, module, running
from local.serve.settings import with_hubs, with_outbox, with_server

GRACE: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where to run: port 0 lets the system choose; `file` keeps items, files beside it keep events and places."""

    cosmos_port: int
    api_port: int
    file: Path
    hubs_port: int = 0

    @property
    def events_file(self) -> Path:
        return self.file.with_name("events.log")

    @property
    def outbox(self) -> Path:
        return self.file.with_name("outbox")

    @property
    def checkpoints_file(self) -> Path:
        return self.file.with_name("checkpoints.sqlite")


@dataclass(frozen=True, slots=True)
class Stack:
    """`hubs_place` is the `host:port` of Event Hubs, `hubs_control_url` where trouble with it can be asked for."""

    hubs: Program
    cosmos: Program
    host: Program
    hubs_place: str
    hubs_control_url: str
    cosmos_url: str
    api_url: str
    settings: Mapping[str, str]

    async def while_both_run[T](self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`. Raises ProgramFailed as soon as one of the programs ends, without waiting for it."""
        working = asyncio.ensure_future(work)
        ends = [asyncio.create_task(program.ended()) for program in (self.hubs, self.cosmos, self.host)]
        try:
            await asyncio.wait((working, *ends), return_when=asyncio.FIRST_COMPLETED)
            if working.done() and working.exception():
                # A lost connection is noticed before the end of the program that caused it.
                await asyncio.wait(ends, timeout=GRACE.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
            for end in ends:
                if end.done():
                    end.result()
            return await working
        finally:
            for task in (working, *ends):
                task.cancel()
            await asyncio.gather(working, *ends, return_exceptions=True)


@asynccontextmanager
async def app_running(place: Place, settings: Mapping[str, str], hear: Hear) -> AsyncIterator[Stack]:
    """Raises ProgramFailed when one of the programs does not come up."""
    async with AsyncExitStack() as programs:
        hubs, hubs_place, hubs_control_url = await programs.enter_async_context(
            hubs_running(place.hubs_port, place.events_file, settings, hear)
        )
        cosmos, said = await programs.enter_async_context(
            running(
                "cosmos",
                module("local", "cosmos", "--port", str(place.cosmos_port), "--data", str(place.file)),
                ready="cosmos: listening on ",
                settings=settings,
                hear=hear,
            )
        )
        cosmos_url = _word(said, "http://")
        pointed = with_outbox(with_hubs(with_server(settings, cosmos_url), hubs_place), place.outbox)
        await finished("provision", module("shared.cosmos.provision"), settings=pointed, hear=hear)
        host, said = await programs.enter_async_context(
            running(
                "host",
                module(
                    *("local.host", "--app", ".", "--port", str(place.api_port)),
                    *("--checkpoints", str(place.checkpoints_file)),
                ),
                ready="host: running on ",
                settings=pointed,
                hear=hear,
            )
        )
        yield Stack(hubs, cosmos, host, hubs_place, hubs_control_url, cosmos_url, _word(said, "http://"), pointed)


@asynccontextmanager
async def hubs_running(
    port: int, file: Path, settings: Mapping[str, str], hear: Hear
) -> AsyncIterator[tuple[Program, str, str]]:
    """Event Hubs alone: the program, its `host:port`, and the URL where trouble can be asked for."""
    command = module("local", "eventhubs", "--port", str(port), "--data", str(file))
    ready = "eventhubs: listening on "
    async with running("eventhubs", command, ready=ready, settings=settings, hear=hear) as (program, said):
        yield program, _word(said, "sb://").removeprefix("sb://"), _word(said, "http://")


def _word(line: str, start: str) -> str:
    return next(word for word in line.split() if word.startswith(start)).rstrip("/")
