"""SELECT: the value a row is turned into, and the properties' names nobody gave."""

from local.cosmos.query.errors import QueryError
from local.cosmos.query.expressions import compile_expression, make_object
from local.cosmos.query.scope import Evaluate, Scope
from local.cosmos.query.syntax import Item, Items, Member, Name, Select, Star, ValueOf


def compile_selection(select: Select, scope: Scope) -> Evaluate:
    """Undefined for a `SELECT VALUE` of nothing: the row is then left out."""
    match select.selection:
        case Star():
            if len(select.inputs) != 1:
                raise QueryError("'SELECT *' is only valid with a single input set.", code="SC2040")
            place = scope.width - 1
            return lambda row: row[place]
        case ValueOf(expression):
            return compile_expression(expression, scope)
        case Items(items):
            return make_object(tuple((name, compile_expression(item.expression, scope)) for name, item in named(items)))


def named(items: tuple[Item, ...]) -> tuple[tuple[str, Item], ...]:
    """Each item with its alias, else the last property of its path, else $1, $2 … in turn."""
    pairs: list[tuple[str, Item]] = []
    unnamed = 0
    for item in items:
        name = item.alias or _last_name(item)
        if name is None:
            unnamed += 1
        pairs.append((f"${unnamed}" if name is None else name, item))
    return tuple(pairs)


def _last_name(item: Item) -> str | None:
    match item.expression:
        case Name(text):
            return text
        case Member(_, key):
            return key
        case _:
            return None
