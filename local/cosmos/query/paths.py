"""Expressions that are a path into the document itself."""

from typing import NamedTuple

from local.cosmos.query.syntax import Expression, Member, Name, Path, Select


class OrderBy(NamedTuple):
    """One item of ORDER BY: the path from the document's root, as in an index."""

    path: tuple[str, ...]
    descending: bool


def root_name(select: Select) -> str | None:
    """What the clauses call the document, or the part of it that FROM names; none over arrays and subqueries."""
    match select.inputs:
        case (source, *_) if not source.each and isinstance(source.collection, Path):
            return source.alias or _last(source.collection)
        case _:
            return None


def document_path(expression: Expression, select: Select) -> tuple[str, ...] | None:
    """`c.a["b"]` as ("a", "b"); none for anything that is not a path of names from the document's root."""
    keys: list[str] = []
    while isinstance(expression, Member):
        keys.append(expression.key)
        expression = expression.of
    start = _start(select)
    if start is None or not isinstance(expression, Name) or expression.text != root_name(select):
        return None
    return (*start, *reversed(keys))


def _start(select: Select) -> tuple[str, ...] | None:
    match select.inputs:
        case (source, *_) if isinstance(source.collection, Path):
            names = tuple(key for key in source.collection.keys if isinstance(key, str))
            return names if len(names) == len(source.collection.keys) else None
        case _:
            return None


def _last(path: Path) -> str | None:
    last = path.keys[-1] if path.keys else path.root.text
    return last if isinstance(last, str) else None
