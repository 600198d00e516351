"""Functions of arrays."""

from local.cosmos.query.functions.function import Function
from local.cosmos.query.values import UNDEFINED, same


def array_contains(array: object, wanted: object, partial: object = False) -> object:  # noqa: FBT002 - an argument of the query
    """True if an element equals `wanted`, or with `partial`, is an object that has all properties of `wanted`."""
    if not isinstance(array, list) or not isinstance(partial, bool):
        return UNDEFINED
    if partial and isinstance(wanted, dict):
        return any(_has(element, wanted) for element in array)
    return any(same(element, wanted) for element in array)


def _has(element: object, wanted: dict[str, object]) -> bool:
    return isinstance(element, dict) and all(
        name in element and same(element[name], value) for name, value in wanted.items()
    )


FUNCTIONS = (
    Function("ARRAY_CONTAINS", 2, 3, array_contains),
    Function("ARRAY_LENGTH", 1, 1, lambda array: len(array) if isinstance(array, list) else UNDEFINED),
)
