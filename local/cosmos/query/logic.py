"""Three-valued logic over a row: true, false, and undefined for whatever is neither."""

from local.cosmos.query.operators import OPERATIONS
from local.cosmos.query.patterns import like_pattern
from local.cosmos.query.scope import Evaluate, Row
from local.cosmos.query.values import UNDEFINED, same

_AT_LEAST = OPERATIONS[">="]
_AT_MOST = OPERATIONS["<="]


def every(terms: tuple[Evaluate, ...]) -> Evaluate:
    """AND: false wins over undefined, undefined over true (documentation page "Logical operators")."""

    def evaluate(row: Row) -> object:
        result: object = True
        for term in terms:
            value = term(row)
            if value is False:
                return False
            if value is not True:
                result = UNDEFINED
        return result

    return evaluate


def some(terms: tuple[Evaluate, ...]) -> Evaluate:
    """OR: true wins over undefined, undefined over false."""

    def evaluate(row: Row) -> object:
        result: object = False
        for term in terms:
            value = term(row)
            if value is True:
                return True
            if value is not False:
                result = UNDEFINED
        return result

    return evaluate


def first_defined(terms: tuple[Evaluate, ...]) -> Evaluate:
    """`??`: passes over undefined only; null is a value."""

    def evaluate(row: Row) -> object:
        for term in terms:
            value = term(row)
            if value is not UNDEFINED:
                return value
        return UNDEFINED

    return evaluate


def choice(condition: Evaluate, then: Evaluate, otherwise: Evaluate) -> Evaluate:
    """`? :`: whatever is not true counts as false."""
    return lambda row: then(row) if condition(row) is True else otherwise(row)


def between(value: Evaluate, low: Evaluate, high: Evaluate) -> Evaluate:
    """`value >= low AND value <= high`."""

    def evaluate(row: Row) -> object:
        subject = value(row)
        above, below = _AT_LEAST(subject, low(row)), _AT_MOST(subject, high(row))
        if above is False or below is False:
            return False
        return UNDEFINED if above is UNDEFINED or below is UNDEFINED else True

    return evaluate


def one_of(value: Evaluate, items: tuple[Evaluate, ...]) -> Evaluate:
    """IN: undefined for an undefined value; undefined items are passed over."""

    def evaluate(row: Row) -> object:
        subject = value(row)
        if subject is UNDEFINED:
            return UNDEFINED
        return any(same(subject, item(row)) for item in items)

    return evaluate


def like(value: Evaluate, pattern: Evaluate, escape: str | None) -> Evaluate:
    """LIKE over the whole text, case-sensitive; undefined unless both are strings."""

    def evaluate(row: Row) -> object:
        match value(row), pattern(row):
            case str() as text, str() as wanted:
                return like_pattern(wanted, escape).fullmatch(text) is not None
            case _:
                return UNDEFINED

    return evaluate
