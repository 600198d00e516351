"""A row as it will be once it has seen as much as another: what its stream adds to it until then."""

from typing import Any

from shared.kernel import Conflict, Key, Poison
from shared.pipeline.consumers import Engine
from shared.pipeline.fold import fold
from shared.pipeline.project import Project
from shared.pipeline.row import row_codec
from shared.ports import Item


async def levelled(project: Project[Any, Any], key: Key, engine: Engine, *, upto: int) -> Item | None:
    """None when its stream does not tell: parked, or not of that name. `key` is that of the first generation."""
    place = project.generation.place(key)
    row = await project.rows(engine).read(place)
    try:
        events = await project.history(key.id, place, engine, upto=upto)
    except (Conflict, Poison):
        return None
    folded = fold(project.projection, row.value, row.mark, [one for one in events if row.mark < one.sequence <= upto])
    if folded.stop:
        return None
    item = row_codec(project.projection.row).encode(folded.value)
    item |= {"id": key.id, project.projection.partitioned_by: key.partition, "mark": upto}
    return item if folded.value is not None else item | {"body": False}
