"""What the grammar read, named: one value of the tree for each rule."""

from collections.abc import Callable
from dataclasses import replace

from lark import Token, Transformer, v_args

from local.cosmos.query.errors import QueryError
from local.cosmos.query.literals import read_number, read_string
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
    SubqueryKind,
    Unary,
    ValueOf,
)
from local.cosmos.query.values import UNDEFINED, is_number

type Clause = Callable[[Select], Select]


def _span(token: Token) -> tuple[int, int]:
    return (token.start_pos or 0, token.end_pos or 0)


@v_args(inline=True)
class Tree(Transformer[Token, Select]):
    """One method for each rule of the grammar, named like it."""

    def start(self, select: Select) -> Select:
        return select

    def select(self, *clauses: Clause | Selection) -> Select:
        select = Select(Star())
        for clause in clauses:
            select = clause(select) if callable(clause) else replace(select, selection=clause)
        return select

    def distinct(self, _word: Token) -> Clause:
        return lambda select: replace(select, distinct=True)

    def top(self, count: Count) -> Clause:
        return lambda select: replace(select, top=count)

    def star(self) -> Selection:
        return Star()

    def value_of(self, expression: Expression) -> Selection:
        return ValueOf(expression)

    def items(self, *items: Item) -> Selection:
        return Items(items)

    def item(self, expression: Expression, alias: Token | None = None) -> Item:
        return Item(expression, None if alias is None else str(alias))

    def from_(self, *inputs: From) -> Clause:
        return lambda select: replace(select, inputs=inputs)

    def aliased(self, collection: Collection, alias: Token | None = None) -> From:
        return From(collection, None if alias is None else str(alias), each=False)

    def each(self, alias: Token, collection: Collection) -> From:
        return From(collection, str(alias), each=True)

    def path(self, root: Token, *keys: str | int) -> Path:
        return Path(Name(str(root), _span(root)), keys)

    def path_key(self, key: Token) -> str | int:
        match key.type:
            case "NUMBER":
                number = read_number(key)
                if not isinstance(number, int):
                    raise QueryError(
                        f"Syntax error, incorrect syntax near '{key}'.", code="SC1001", location=_span(key)
                    )
                return number
            case "STRING":
                return read_string(key)
            case _:
                return str(key)

    def where(self, filter_: Expression) -> Clause:
        return lambda select: replace(select, where=filter_)

    def group_by(self, *keys: Expression) -> Clause:
        return lambda select: replace(select, group_by=keys)

    def order_by(self, *orders: Order) -> Clause:
        return lambda select: replace(select, order_by=orders)

    def order(self, expression: Expression, direction: Token | None = None) -> Order:
        written = "" if direction is None else direction.upper()
        return Order(expression, descending=written == "DESC", written=written)

    def page(self, offset: Count, limit: Count) -> Clause:
        return lambda select: replace(select, page=Page(offset, limit))

    def conditional(self, condition: Expression, then: Expression, otherwise: Expression) -> Expression:
        return Conditional(condition, then, otherwise)

    def binary(self, first: Expression, *rest: Expression | Token) -> Expression:
        operators = [str(operator).upper() for operator in rest[::2]]
        operands = [operand for operand in rest[1::2] if not isinstance(operand, Token)]
        return Binary(first, tuple(zip(operators, operands, strict=True)))

    def unary(self, operator: Token, operand: Expression) -> Expression:
        match str(operator), operand:
            case "-", Literal(value) if is_number(value):
                return Literal(-value)
            case _:
                return Unary(operator.upper(), operand)

    def between(self, value: Expression, *rest: Expression | Token) -> Expression:
        operands = [part for part in rest if not isinstance(part, Token)]
        # The tokens are an optional NOT, and the AND between the ends.
        return _negated(Between(value, *operands), negated=len(rest) - len(operands) > 1)

    def in_(self, value: Expression, *rest: Expression | Token) -> Expression:
        items = tuple(part for part in rest if not isinstance(part, Token))
        return _negated(In(value, items), negated=len(items) < len(rest))

    def like(self, value: Expression, *rest: Expression | Token) -> Expression:
        patterns = [part for part in rest if not isinstance(part, Token)]
        escapes = [read_string(part) for part in rest if isinstance(part, Token) and part.type == "STRING"]
        negated = any(isinstance(part, Token) and part.type == "NOT" for part in rest)
        if escapes and len(escapes[0]) != 1:
            raise QueryError("The ESCAPE of a LIKE must be one character.", code="SC1001")
        return _negated(Like(value, patterns[0], escapes[0] if escapes else None), negated=negated)

    def name(self, word: Token) -> Expression:
        return Name(str(word), _span(word))

    def identifier(self, word: Token) -> Token:
        return word

    def member(self, of: Expression, key: Token) -> Expression:
        return Member(of, str(key))

    def index(self, of: Expression, at: Expression) -> Expression:
        match at:
            case Literal(str() as key):
                return Member(of, key)
            case _:
                return Index(of, at)

    def array(self, *items: Expression) -> Expression:
        return ArrayLiteral(items)

    def object(self, *fields: tuple[str, Expression]) -> Expression:
        return ObjectLiteral(fields)

    def field(self, key: Token, value: Expression) -> tuple[str, Expression]:
        return (read_string(key) if key.type == "STRING" else str(key), value)

    def call(self, name: Token, *arguments: Expression) -> Expression:
        return Call(name.upper(), arguments, _span(name))

    def udf(self, name: Token, *_arguments: Expression) -> Expression:
        raise QueryError(f"User-defined functions are not supported here: 'udf.{name}'.", location=_span(name))

    def subquery(self, *parts: Token | Select) -> Expression:
        match parts:
            case (Token() as kind, Select() as select):
                return Subquery(SubqueryKind(kind.upper()), select)
            case (Select() as select,):
                return Subquery(SubqueryKind.SCALAR, select)
            case _:
                raise TypeError(parts)

    def string(self, quoted: Token) -> Expression:
        return Literal(read_string(quoted))

    def number(self, digits: Token) -> Literal:
        return Literal(read_number(digits))

    def true(self) -> Expression:
        return Literal(value=True)

    def false(self) -> Expression:
        return Literal(value=False)

    def null(self) -> Expression:
        return Literal(None)

    def undefined(self) -> Expression:
        return Literal(UNDEFINED)

    def parameter(self, name: Token) -> Parameter:
        return Parameter(str(name))


def _negated(expression: Expression, *, negated: bool) -> Expression:
    return Unary("NOT", expression) if negated else expression
