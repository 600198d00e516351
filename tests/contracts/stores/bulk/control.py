"""What the local server does on demand, and says of itself, for the containers of one test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

VIEW = "customer-orders"


@dataclass(frozen=True, slots=True)
class Control:
    session: aiohttp.ClientSession
    database: str

    async def trouble(self, **fault: Any) -> None:  # noqa: ANN401 - the fields of a fault
        await self._post("faults", {"container": VIEW} | fault)

    async def peace(self) -> None:
        async with self.session.delete("/_local/faults"):
            pass

    async def split(self, name: str) -> Sequence[str]:
        return tuple((await self._post("split", {"container": self._link, "range": name}))["children"])

    async def merge(self, name: str) -> str:
        """With the range above it."""
        return str((await self._post("merge", {"container": self._link, "range": name}))["child"])

    async def ranges(self) -> Sequence[Mapping[str, Any]]:
        async with self.session.get("/_local/ranges", params={"container": self._link}) as answer:
            return tuple((await answer.json())["ranges"])

    async def times(self, operation: str) -> int:
        """How many of these have reached the view so far."""
        async with self.session.get("/_local/usage") as answer:
            used = (await answer.json())["operations"]
        mine = (one for one in used if one["operation"] == operation and one["container"] == self._link)
        return sum(int(one["times"]) for one in mine)

    @property
    def _link(self) -> str:
        return f"dbs/{self.database}/colls/{VIEW}"

    async def _post(self, path: str, content: Mapping[str, Any]) -> dict[str, Any]:
        async with self.session.post(f"/_local/{path}", json=content) as answer:
            assert answer.status == 200, await answer.text()
            return dict(await answer.json())
