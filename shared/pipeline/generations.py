"""Which generations a view has: one fenced item in the view's own container, known to every worker for a bounded age.

Whoever handles a batch asks after the batch has come. So from `MAX_AGE` after a generation was listed, whatever is
committed to the feed reaches it through the trigger; what was committed before is what a backfill reads.
"""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Protocol

from shared.kernel import Generation, Generations, Key, Projection
from shared.kernel.generations import APART
from shared.pipeline.codec import Shape
from shared.ports import RowStore

# Seconds for which a worker may go by what it has read.
MAX_AGE: Final = 5.0
LIST: Final = Key(APART, "generations")
_LISTED: Final = Shape(Generations)


class Known(Protocol):
    async def of(self, view: Projection[Any, Any]) -> Generations:
        """As they were at most MAX_AGE ago. Raises Transient when they cannot be read."""
        ...


class OnlyTheFirst:
    """For a view that has never been rebuilt."""

    async def of(self, view: Projection[Any, Any]) -> Generations:
        return Generations(Generation(version=view.version))


@dataclass(frozen=True, slots=True)
class Listed:
    """What the list says. `etag` fences the next write, None before the first; `change` names the last one."""

    now: Generations
    etag: str | None = None
    change: str = ""


@dataclass(frozen=True, slots=True)
class ListedGenerations:
    """The lists of all views."""

    rows: RowStore

    async def read(self, view: Projection[Any, Any]) -> Listed:
        stored = await self.rows.read(view.container, LIST)
        if stored is None:
            return Listed(await OnlyTheFirst().of(view))
        return Listed(_LISTED.read(stored.item), stored.etag, str(stored.item.get("change")))

    async def write(self, view: Projection[Any, Any], listed: Listed) -> None:
        """Raises Conflict when the list has changed since it had that etag."""
        stamp = {"id": LIST.id, view.partitioned_by: LIST.partition, "type": "Generations", "schemaVersion": 1}
        item = {**stamp, **asdict(listed.now), "change": listed.change}
        if listed.etag is None:
            await self.rows.create(view.container, LIST, item)
        else:
            await self.rows.replace(view.container, LIST, item, etag=listed.etag)


@dataclass(slots=True)
class KnownGenerations:
    """A `Known` of one worker. `seconds` is a monotonic clock; a reading counts from when it was asked for."""

    listed: ListedGenerations
    seconds: Callable[[], float]
    _known: dict[str, tuple[float, Generations]] = field(default_factory=dict)
    _reading: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def of(self, view: Projection[Any, Any]) -> Generations:
        if (young := self._young(view.name)) is not None:
            return young
        async with self._reading.setdefault(view.name, asyncio.Lock()):
            if (young := self._young(view.name)) is not None:
                return young
            asked = self.seconds()
            found = (await self.listed.read(view)).now
            self._known[view.name] = asked, found
            return found

    def _young(self, name: str) -> Generations | None:
        asked, known = self._known.get(name, (0.0, None))
        return known if self.seconds() - asked < MAX_AGE else None
