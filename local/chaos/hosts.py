"""Several hosts of one app on one account, each killed as an accident would, and started again."""

import asyncio
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from local.serve.program import Hear, Program, ProgramFailed, module, running

HOST: Final = module("local.host", "--app", ".", "--port", "0")
READY: Final = "host: running on "


@dataclass(slots=True)
class Hosts:
    """`urls` are those of the living, by number."""

    settings: Mapping[str, str]
    hear: Hear
    count: int
    urls: dict[int, str] = field(default_factory=dict)
    _programs: dict[int, Program] = field(default_factory=dict)
    _away: dict[int, float] = field(default_factory=dict)
    _born: asyncio.Event = field(default_factory=asyncio.Event)

    async def life(self, number: int) -> None:
        """For ever. Raises ProgramFailed when a host ends that nobody killed."""
        while True:
            name = f"host-{number}"
            async with running(name, HOST, ready=READY, settings=self.settings, hear=self.hear) as (program, said):
                self._programs[number], self.urls[number] = program, said.removeprefix(READY).split()[0].rstrip("/")
                self._born.set()
                await self._until_killed(number, program)
            await asyncio.sleep(self._away.pop(number))

    async def all_up(self) -> None:
        while len(self.urls) < self.count:
            self._born.clear()
            await self._born.wait()

    def kill(self, pick: float, away: float) -> bool:
        """Whether there was one to kill; it is started again after so many seconds."""
        living = sorted(self.urls)
        if not living:
            return False
        number = living[int(pick * len(living))]
        self._away[number] = away
        del self.urls[number]
        # The whole session: a leash that is asked to would let the host end in order.
        os.killpg(self._programs[number].process.pid, signal.SIGKILL)
        return True

    async def _until_killed(self, number: int, program: Program) -> None:
        try:
            await program.ended()
        except ProgramFailed:
            if number not in self._away:
                raise
