"""One row folded anew from its stream: what that would change is shown before it is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.kernel import Conflict, Key, NotNow
from shared.pipeline.consumers import Engine
from shared.pipeline.fold import fold
from shared.pipeline.project import Project
from shared.pipeline.rebuild.verdict import content
from shared.pipeline.row import Row, row_codec
from shared.ports import Item

# What a row has now in a field, and what its stream says.
type Change = tuple[object, object]


@dataclass(frozen=True, slots=True)
class Refolded:
    """A row as it is, as it ought to be, and the fields in which these differ."""

    project: Project[Any, Any]
    key: Key
    found: Row[Any]
    folded: Row[Any]
    changes: Mapping[str, Change]

    async def write(self, engine: Engine) -> None:
        """Raises Conflict when the row has changed since it was shown."""
        await self.project.rows(engine).write(self.key, self.folded)


async def refold(project: Project[Any, Any], stream: str, engine: Engine) -> Refolded:
    """Of the live generation. Raises NotNow for an unknown stream, and for a key that is parked: that is released."""
    live, *_ = await project.generations(engine)
    items = await engine.events.read(stream)
    events = tuple(engine.codec.decode(item) for item in items)
    keys = {key for event in events if (key := live.key(event))}
    if len(keys) != 1:
        raise NotNow(f"{stream}: a stream of {len(events)} events that {live.name} keeps {len(keys)} rows of")
    key = keys.pop()
    found = await live.rows(engine).read(key)
    if found.stale:
        raise NotNow(f"{stream}: parked since {found.stale.since:%Y-%m-%d %H:%M}; release it")
    folded = fold(live.projection, None, 0, events)
    if folded.stop:
        raise folded.stop.poison
    if found.mark > folded.mark:
        raise Conflict(f"{stream}: the stream was read short of {found.mark}")
    row = Row(folded.value, folded.mark, etag=found.etag)
    return Refolded(live, key, found, row, _changes(live, found, row))


def _changes(project: Project[Any, Any], found: Row[Any], folded: Row[Any]) -> Mapping[str, Change]:
    now, then = (_content(project, row) for row in (found, folded))
    return {name: (now.get(name), then.get(name)) for name in {**now, **then} if now.get(name) != then.get(name)}


def _content(project: Project[Any, Any], row: Row[Any]) -> Item:
    if row.value is None:
        return {}
    return content(row_codec(project.projection.row).encode(row.value), project.projection.partitioned_by, ())
