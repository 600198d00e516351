"""Grows one generation of a view from its feed: as the trigger does, but for many orders at a time and from nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.pipeline.consumers import Engine, Outcome
from shared.pipeline.project import Project
from shared.pipeline.row import Row
from shared.pipeline.spans import Span
from shared.pipeline.together import onto, together


@dataclass(frozen=True)
class Grow[E, V](Project[E, V]):
    """What cannot be applied is parked in lanes of this generation, as many keys as the brake allows."""

    is_growing: bool = True
    is_watched = False

    async def generations(self, engine: Engine) -> "Sequence[Project[E, Any]]":  # noqa: ARG002 - this one alone
        return (self,)

    async def handle_all(self, spans: Sequence[Span[E]], engine: Engine) -> Sequence[Outcome | None]:
        """A stream from its first event on has no row yet, nearly always: it is created without a look."""
        if engine.many is None:
            return [None] * len(spans)
        new = [span for span in spans if span.first == 1]
        nothing: list[Row[V]] = [Row()] * len(new)
        created = await onto(nothing, self.rows(engine), engine.many, new)
        done = {span.key: outcome for span, outcome in zip(new, created, strict=True) if outcome}
        left = [span for span in spans if span.key not in done]
        found = await together(self.rows(engine), engine.many, left, by_mark=True)
        done |= {span.key: outcome for span, outcome in zip(left, found, strict=True) if outcome}
        return [done.get(span.key) for span in spans]
