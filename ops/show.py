"""Rows for programs and for people."""

import json
from collections.abc import Sequence

type Row = dict[str, object]


def json_array(rows: Sequence[Row]) -> str:
    return json.dumps(rows) + "\n"


def table(rows: Sequence[Row]) -> str:
    """Columns in the order in which they first appear; nothing at all says so."""
    if not rows:
        return "nothing\n"
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [names, *([as_text(row.get(name)) for name in names] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(names))]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines
    )


def as_text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
