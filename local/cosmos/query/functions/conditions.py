"""Functions that choose between their arguments."""

from local.cosmos.query.functions.function import Function
from local.cosmos.query.values import UNDEFINED, is_number


def iif(condition: object, then: object, otherwise: object) -> object:
    """Whatever is not true counts as false."""
    return then if condition is True else otherwise


def choose(place: object, *values: object) -> object:
    """The argument at a place counted from 1; undefined outside."""
    if is_number(place) and place == int(place) and 1 <= place <= len(values):
        return values[int(place) - 1]
    return UNDEFINED


FUNCTIONS = (
    Function("IIF", 3, 3, iif, sees_undefined=True),
    Function("CHOOSE", 2, None, choose, sees_undefined=True),
)
