"""The grammar as a parser: text to tree, or to what is wrong with it and where."""

from functools import cache
from importlib.resources import files

from lark import Lark, Token, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from local.cosmos.query.errors import QueryError
from local.cosmos.query.keywords import TERMINALS
from local.cosmos.query.syntax import Select
from local.cosmos.query.tree import Tree


def read(text: str) -> Select:
    """Raises QueryError for what is not a query."""
    try:
        select = _parser().parse(text)
    except UnexpectedInput as unexpected:
        raise _syntax_error(text, unexpected) from unexpected
    if not isinstance(select, Select):
        raise TypeError(type(select))
    return select


@cache
def _parser() -> Lark:
    """Built on first use: it takes a third of a second on a slow machine."""
    return Lark(
        files(__package__).joinpath("grammar.lark").read_text(encoding="utf-8"),
        parser="lalr",
        lexer="basic",
        maybe_placeholders=False,
        lexer_callbacks={"IDENTIFIER": _keyword},
        transformer=Tree(),
    )


def _keyword(word: Token) -> Token:
    word.type = TERMINALS.get(word.upper(), word.type)
    return word


def _syntax_error(text: str, unexpected: UnexpectedInput) -> QueryError:
    match unexpected:
        case UnexpectedToken(token=Token(type="$END")):
            end = (len(text), len(text))
            return QueryError("Syntax error, unexpected end of the query.", code="SC1001", location=end)
        case UnexpectedToken(token=Token() as token):
            start, near = token.start_pos or 0, str(token)
        case UnexpectedCharacters(pos_in_stream=int() as start):
            near = text[start : start + 1]
        case _:
            start, near = 0, text[:1]
    message = f"Syntax error, incorrect syntax near '{near}'."
    return QueryError(message, code="SC1001", location=(start, start + len(near)))
