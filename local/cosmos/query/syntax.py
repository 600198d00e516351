"""A query as a tree of values: what was written, nothing about how it runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

type Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Literal:
    """`None`, a bool, a number, a string or UNDEFINED."""

    value: object


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str  # with its @, as on the wire


@dataclass(frozen=True, slots=True)
class Name:
    text: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Member:
    """`of.key` or `of["key"]`."""

    of: Expression
    key: str


@dataclass(frozen=True, slots=True)
class Index:
    """`of[at]` where `at` is not a string literal."""

    of: Expression
    at: Expression


@dataclass(frozen=True, slots=True)
class ArrayLiteral:
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class ObjectLiteral:
    fields: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class Unary:
    operator: str  # - + ~ NOT
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary:
    """Operators of one level of precedence, read from the left: `first op1 a op2 b …`.

    Flat, so that a filter with a thousand ORs stays one level deep.
    """

    first: Expression
    rest: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class Between:
    value: Expression
    low: Expression
    high: Expression


@dataclass(frozen=True, slots=True)
class In:
    value: Expression
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Like:
    value: Expression
    pattern: Expression
    escape: str | None


@dataclass(frozen=True, slots=True)
class Conditional:
    condition: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Call:
    name: str  # in capitals
    arguments: tuple[Expression, ...]
    span: Span = field(compare=False)


class SubqueryKind(StrEnum):
    SCALAR = ""
    EXISTS = "EXISTS"
    ARRAY = "ARRAY"


@dataclass(frozen=True, slots=True)
class Subquery:
    kind: SubqueryKind
    select: Select


type Expression = (
    Literal
    | Parameter
    | Name
    | Member
    | Index
    | ArrayLiteral
    | ObjectLiteral
    | Unary
    | Binary
    | Between
    | In
    | Like
    | Conditional
    | Call
    | Subquery
)


@dataclass(frozen=True, slots=True)
class Star:
    """`SELECT *`."""


@dataclass(frozen=True, slots=True)
class ValueOf:
    """`SELECT VALUE expression`."""

    expression: Expression


@dataclass(frozen=True, slots=True)
class Item:
    expression: Expression
    alias: str | None


@dataclass(frozen=True, slots=True)
class Items:
    """`SELECT a, b AS c`."""

    items: tuple[Item, ...]


type Selection = Star | ValueOf | Items


@dataclass(frozen=True, slots=True)
class Path:
    """`c.items[0]` in FROM."""

    root: Name
    keys: tuple[str | int, ...]


type Collection = Path | Select


@dataclass(frozen=True, slots=True)
class From:
    """One input of FROM; `each` is `alias IN collection`, which gives one row for each element."""

    collection: Collection
    alias: str | None
    each: bool


@dataclass(frozen=True, slots=True)
class Order:
    expression: Expression
    descending: bool
    written: str = field(compare=False)  # "", "ASC" or "DESC"


type Count = Literal | Parameter


@dataclass(frozen=True, slots=True)
class Page:
    offset: Count
    limit: Count


@dataclass(frozen=True, slots=True)
class Select:
    """A whole query or subquery."""

    selection: Selection
    distinct: bool = False
    top: Count | None = None
    inputs: tuple[From, ...] = ()
    where: Expression | None = None
    group_by: tuple[Expression, ...] = ()
    order_by: tuple[Order, ...] = ()
    page: Page | None = None
