"""Release: everything that waits behind a lane's head goes in, then the mark is cleared, then the head goes.

The order is what keeps it safe: a row never looks fresh while an event is missing from it, and a crash leaves a head to
be seen. docs/lanes.md has the protocol as numbered rules; the numbers here are those of rule 6.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from shared.kernel import Conflict, Key, Poison, Transient, Unknown
from shared.pipeline.consumers import AGAIN, Engine, Released, StillPoison
from shared.pipeline.fold import fold
from shared.pipeline.lanes import Head
from shared.pipeline.row import Row

if TYPE_CHECKING:
    from shared.pipeline.project import Project


async def release(project: "Project[Any, Any]", key: Key, engine: Engine) -> Released | StillPoison:
    """Safe to call at any time, by anybody, twice at once, and against a closed head."""
    for _ in range(AGAIN):
        try:
            return await _once(project, key, engine)
        except (Conflict, Unknown):
            continue
    raise Transient(f"{project.name}: the lane of {key.id} changed {AGAIN} times under our hands")


async def _once(project: "Project[Any, Any]", key: Key, engine: Engine) -> Released | StillPoison:
    head = await engine.lanes.head(project.name, key)  # (i)
    if head is None:
        return "nothing to release"
    try:
        row = await _grown(project, head, engine)
    except Poison as poison:
        return StillPoison(head.first, poison.reason, str(poison))
    if isinstance(row, StillPoison):
        return row
    head = await engine.lanes.close(head)  # (v)
    await project.rows(engine).write(key, replace(row, stale=None))  # (vi): under the etag of (iv), never read again
    await engine.lanes.end(head)  # (vii)
    return "released"


async def _grown(project: "Project[Any, Any]", head: Head, engine: Engine) -> Row[Any] | StillPoison:
    """(ii) to (iv): the row with every event of its stream in it, still stale."""
    events = await project.history(head.stream, head.key, engine, upto=head.last)
    row = await project.rows(engine).read(head.key)
    news = [event for event in events if event.sequence > row.mark]
    folded = fold(project.projection, row.value, row.mark, news)
    if folded.stop:
        return StillPoison(folded.stop.at, folded.stop.poison.reason, str(folded.stop.poison))
    if row.mark == folded.mark:
        return row
    return await project.rows(engine).write(head.key, replace(row, value=folded.value, mark=folded.mark))
