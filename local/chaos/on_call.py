"""What a person on call does afterwards, with the commands there are for it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from local.demo.rows import Json
from local.serve.program import Hear, finished, module

# Of a key that was under way in two processes that died, the app cannot know that it was not the cause.
INNOCENT = "suspect"


class Parked(Exception):  # noqa: N818 - what was found
    """A key is parked for something else than that processes died."""


@dataclass(frozen=True, slots=True)
class OnCall:
    """Each method raises ProgramFailed when a command says that something is undone, or differs."""

    settings: Mapping[str, str]
    hear: Hear

    async def release(self) -> int:
        """Put in what waits behind keys that were only suspected; how many. Raises Parked for any other."""
        parked = await self._said("parked")
        if guilty := sorted({str(row["reason"]) for row in parked} - {INNOCENT}):
            raise Parked(f"parked as {', '.join(guilty)}")
        if parked:
            await self._said("release", *(str(row["lane"]) for row in parked))
        return len(parked)

    async def audit(self) -> None:
        await self._said("audit")

    async def _said(self, *arguments: str) -> list[Json]:
        lines: list[str] = []

        def hear(name: str, line: str) -> None:
            lines.append(line)
            self.hear(name, line)

        await finished("ops", module("ops", *arguments), settings=self.settings, hear=hear)
        rows: list[Json] = json.loads(lines[-1])
        return rows
