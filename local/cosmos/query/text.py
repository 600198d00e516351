"""A tree as query text again, written the way the Azure side writes its rewritten queries."""

from local.cosmos.query.keywords import is_identifier
from local.cosmos.query.literals import write_string
from local.cosmos.query.syntax import (
    ArrayLiteral,
    Between,
    Binary,
    Call,
    Collection,
    Conditional,
    Count,
    Expression,
    From,
    In,
    Index,
    Item,
    Items,
    Like,
    Literal,
    Member,
    Name,
    ObjectLiteral,
    Order,
    Page,
    Parameter,
    Path,
    Select,
    Selection,
    Star,
    Subquery,
    Unary,
    ValueOf,
)
from local.cosmos.query.values import UNDEFINED


def write(expression: Expression) -> str:  # noqa: C901, PLR0911, PLR0912 - one case a node
    """The same text for the same meaning, whatever the spacing, quotes and brackets of the original were."""
    match expression:
        case Literal(value):
            return _literal(value)
        case Parameter(name):
            return name
        case Name(text):
            return text
        case Member(of, key):
            return write(of) + _step(key)
        case Index(of, at):
            return f"{write(of)}[{write(at)}]"
        case ArrayLiteral(items):
            return f"[{_list(items)}]"
        case ObjectLiteral(fields):
            return "{" + ", ".join(f"{write_string(key)}: {write(value)}" for key, value in fields) + "}"
        case Unary(operator, operand):
            return f"({operator} {write(operand)})"
        case Binary(first, rest):
            return f"({write(first)}{''.join(f' {operator} {write(operand)}' for operator, operand in rest)})"
        case Between(value, low, high):
            return f"({write(value)} BETWEEN {write(low)} AND {write(high)})"
        case In(value, items):
            return f"({write(value)} IN ({_list(items)}))"
        case Like(value, pattern, escape):
            ending = "" if escape is None else f" ESCAPE {write_string(escape)}"
            return f"({write(value)} LIKE {write(pattern)}{ending})"
        case Conditional(condition, then, otherwise):
            return f"({write(condition)} ? {write(then)} : {write(otherwise)})"
        case Call(name, arguments):
            return f"{name}({_list(arguments)})"
        case Subquery(kind, select):
            return f"{kind.value}({write_select(select)})"


def write_select(select: Select) -> str:
    """A whole query on one line."""
    clauses = [
        "SELECT",
        "DISTINCT" if select.distinct else "",
        "" if select.top is None else f"TOP {write_count(select.top)}",
        write_selection(select.selection),
        write_inputs(select.inputs),
        "" if select.where is None else f"WHERE {write(select.where)}",
        f"GROUP BY {_list(select.group_by)}" if select.group_by else "",
        write_orders(select.order_by),
        "" if select.page is None else _page(select.page),
    ]
    return " ".join(filter(None, clauses))


def write_selection(selection: Selection) -> str:
    match selection:
        case Star():
            return "*"
        case ValueOf(expression):
            return f"VALUE {write(expression)}"
        case Items(items):
            return ", ".join(map(_item, items))


def write_inputs(inputs: tuple[From, ...]) -> str:
    """The FROM clause, or nothing."""
    return f"FROM {' JOIN '.join(map(_input, inputs))}" if inputs else ""


def write_orders(orders: tuple[Order, ...]) -> str:
    """The ORDER BY clause, or nothing."""
    if not orders:
        return ""
    return "ORDER BY " + ", ".join(f"{write(order.expression)} {order.written}".rstrip() for order in orders)


def write_count(count: Count) -> str:
    return write(count)


def _page(page: Page) -> str:
    return f"OFFSET {write_count(page.offset)} LIMIT {write_count(page.limit)}"


def _item(item: Item) -> str:
    return write(item.expression) if item.alias is None else f"{write(item.expression)} AS {item.alias}"


def _input(source: From) -> str:
    collection = _collection(source.collection)
    if source.each:
        return f"{source.alias} IN {collection}"
    return collection if source.alias is None else f"{collection} AS {source.alias}"


def _collection(collection: Collection) -> str:
    match collection:
        case Path(root, keys):
            return root.text + "".join(map(_step, keys))
        case Select():
            return f"({write_select(collection)})"


def _step(key: str | int) -> str:
    if isinstance(key, int):
        return f"[{key}]"
    return f".{key}" if is_identifier(key) else f"[{write_string(key)}]"


def _list(expressions: tuple[Expression, ...]) -> str:
    return ", ".join(map(write, expressions))


def _literal(value: object) -> str:
    match value:
        case None:
            return "null"
        case True:
            return "true"
        case False:
            return "false"
        case str():
            return write_string(value)
        case _:
            return "undefined" if value is UNDEFINED else repr(value)
