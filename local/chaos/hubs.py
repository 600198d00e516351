"""Event Hubs for a run: an endpoint that is killed as an accident would, and comes back with what it had."""

import asyncio
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local.serve.program import Hear, Program, ProgramFailed
from local.serve.stack import hubs_running


@dataclass(slots=True)
class Hubs:
    """`place` is its `host:port`, known once it was up for the first time and the same ever after."""

    file: Path
    settings: Mapping[str, str]
    hear: Hear
    place: str = ""
    _program: Program | None = None
    _away: float = 0.0
    _up: asyncio.Event = field(default_factory=asyncio.Event)

    async def life(self) -> None:
        """For ever. Raises ProgramFailed when it ends and nobody killed it."""
        while True:
            port = int(self.place.rpartition(":")[2] or 0)
            async with hubs_running(port, self.file, self.settings, self.hear) as (program, self.place, _):
                self._program = program
                self._up.set()
                await self._until_killed(program)
            await asyncio.sleep(self._away)

    async def is_up(self) -> None:
        await self._up.wait()

    def kill(self, away: float) -> bool:
        """Whether there was one to kill; it is started again after so many seconds."""
        if self._program is None:
            return False
        self._away = away
        self._up.clear()
        # The whole session: a leash that is asked to would let it end in order.
        os.killpg(self._program.process.pid, signal.SIGKILL)
        self._program = None
        return True

    async def _until_killed(self, program: Program) -> None:
        try:
            await program.ended()
        except ProgramFailed:
            if self._program is program:
                raise
