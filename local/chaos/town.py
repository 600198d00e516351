"""A whole app with several hosts: Event Hubs, one server, its containers, and hosts that may be killed."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from local.chaos.hosts import Hosts
from local.chaos.hubs import Hubs
from local.serve.program import Hear, finished, module, running
from local.serve.settings import with_hubs, with_outbox, with_server

READY: Final = "cosmos: listening on "


@dataclass(frozen=True, slots=True)
class Town:
    cosmos_url: str
    settings: Mapping[str, str]
    hosts: Hosts
    hubs: Hubs


@asynccontextmanager
async def town(data: Path, settings: Mapping[str, str], *, hosts: int, hear: Hear) -> AsyncIterator[Town]:
    """With every host up. Raises ProgramFailed when a program does not come up, or ends and was not killed."""
    command = module("local", "cosmos", "--port", "0", "--data", str(data))
    hubs = Hubs(data.with_name("events.log"), settings, hear)
    async with (
        _going_on(hubs.life()),
        running("cosmos", command, ready=READY, settings=settings, hear=hear) as (server, said),
    ):
        await hubs.is_up()
        url = said.removeprefix(READY).split()[0].rstrip("/")
        pointed = with_outbox(with_hubs(with_server(settings, url), hubs.place), data.with_name("outbox"))
        await finished("provision", module("shared.cosmos.provision"), settings=pointed, hear=hear)
        several = Hosts(pointed, hear, hosts)
        async with _going_on(server.ended(), *(several.life(number) for number in range(hosts))):
            await several.all_up()
            yield Town(url, pointed, several, hubs)


@asynccontextmanager
async def _going_on(*lives: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """None of them ends by itself: the one that does ends the block with what it raised."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(life) for life in lives]
            yield
            for task in tasks:
                task.cancel()
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from several
