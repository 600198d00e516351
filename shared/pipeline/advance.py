"""Moves sagas on as their streams go on. What the saga has seen is dropped by its mark."""

from dataclasses import dataclass
from typing import Any

from shared.kernel import Poison
from shared.pipeline.consumers import Engine
from shared.pipeline.fold import Stop
from shared.pipeline.lanes import Head
from shared.pipeline.rowless import Rowless, whole
from shared.pipeline.sagas import Sagas
from shared.pipeline.spans import Span


@dataclass(frozen=True)
class Advance(Rowless):
    """A consumer of events for one saga."""

    saga: str
    pace = "at once"

    @property
    def name(self) -> str:
        return f"advance_{self.saga}"

    async def apply(self, span: Span[Any], engine: Engine) -> Stop | None:
        return await _touched(engine.sagas[self.saga], span.stream, span.last, seen=span.last)

    async def apply_waiting(self, head: Head, engine: Engine) -> Stop | None:
        await whole(head, engine)
        return await _touched(engine.sagas[self.saga], head.stream, head.first)


async def _touched(sagas: Sagas, stream: str, at: int, *, seen: int | None = None) -> Stop | None:
    try:
        await sagas.touch(stream, seen=seen)
    except Poison as poison:
        return Stop(at, poison)
    return None
