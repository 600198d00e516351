"""The plain spans of a batch through a view all at once: one read and one write of many rows.

Whatever is not plain (a stale row, a gap, poison, a conflict, an answer that was lost) is left as it is for the way of
one span by itself, which looks again. So this way decides nothing that the other would not: it only shares requests.
"""

from collections.abc import Sequence
from typing import Any, Literal

from shared.kernel import Failure, Projection, Transient
from shared.pipeline.fold import fold
from shared.pipeline.row import Row, Rows
from shared.pipeline.spans import Span
from shared.ports import ManyRows

type Done = Literal["applied", "skipped"]


async def together[E, V](
    rows: Rows[V], many: ManyRows, spans: Sequence[Span[E]], *, by_mark: bool = False
) -> list[Done | None]:
    """What became of each span; None for one that is left."""
    try:
        found = await rows.read_all(many, [span.key for span in spans])
    except Transient:
        return [None] * len(spans)
    return await onto(found, rows, many, spans, by_mark=by_mark)


async def onto[E, V](
    found: Sequence[Row[V] | Failure],
    rows: Rows[V],
    many: ManyRows,
    spans: Sequence[Span[E]],
    *,
    by_mark: bool = False,
) -> list[Done | None]:
    """As `together`, onto rows that were read, or are guessed not to be there: a wrong guess leaves its span.

    With `by_mark` a row has seen what its mark says and no more, so that moves also past events that change nothing.
    """
    nexts = [_next(rows.projection, span, row, by_mark=by_mark) for span, row in zip(spans, found, strict=True)]
    changed = [(span.key, row) for span, row in zip(spans, nexts, strict=True) if isinstance(row, Row)]
    try:
        written = iter(await rows.write_all(many, changed))
    except Transient:
        # Some may be written; their marks will say so.
        return [None if isinstance(row, Row) else row for row in nexts]
    return [(None if next(written) else "applied") if isinstance(row, Row) else row for row in nexts]


def _next[E, V](
    projection: Projection[Any, V], span: Span[E], row: Row[V] | Failure, *, by_mark: bool
) -> Row[V] | Done | None:
    """The row with the span in it, to be written."""
    if isinstance(row, Failure):
        return None
    news = span.after(row.mark)
    if not news:
        return "skipped"
    if not row.is_readable or row.stale or row.lacks(news, by_mark=by_mark):
        return None
    folded = fold(projection, row.value, row.mark, news)
    if folded.stop:
        return None
    moves = folded.moved or (by_mark and row.is_there)
    return Row(folded.value, folded.mark, None, row.etag) if moves else "skipped"
