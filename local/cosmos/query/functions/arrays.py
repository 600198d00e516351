"""Functions of arrays, and of sets kept in arrays."""

from collections.abc import Callable

from local.cosmos.query.functions.function import Function
from local.cosmos.query.functions.types import whole
from local.cosmos.query.ordering import sort_key
from local.cosmos.query.values import UNDEFINED, is_number, same


def contains(array: object, wanted: object, partial: object = False) -> object:  # noqa: FBT002 - a query's argument
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


def contains_any(array: object, *wanted: object) -> object:
    """An OR of equalities: undefined only if none is found and one was undefined (page "ARRAY_CONTAINS_ANY")."""
    if not isinstance(array, list):
        return UNDEFINED
    if any(same(element, value) for value in wanted for element in array):
        return True
    return UNDEFINED if UNDEFINED in wanted else False


def contains_all(array: object, *wanted: object) -> object:
    """An AND of equalities: undefined only if all others are found and one was undefined."""
    if not isinstance(array, list):
        return UNDEFINED
    defined = [value for value in wanted if value is not UNDEFINED]
    if not all(any(same(element, value) for element in array) for value in defined):
        return False
    return True if len(defined) == len(wanted) else UNDEFINED


def concat(*arrays: object) -> object:
    """Undefined unless all are arrays."""
    if not all(isinstance(array, list) for array in arrays):
        return UNDEFINED
    return [element for array in arrays if isinstance(array, list) for element in array]


def cut(array: object, start: object, length: object = 2**53) -> object:
    """From a place counted from 0, or from the end when negative."""
    if not (isinstance(array, list) and is_number(start) and is_number(length) and whole(start) and whole(length)):
        return UNDEFINED
    first = int(start) if start >= 0 else max(0, len(array) + int(start))
    return array[first : first + max(0, int(length))]


def _of_sets(name: str, keep: Callable[[list[object], list[object]], list[object]]) -> Function:
    def apply(left: object, right: object) -> object:
        return keep(left, right) if isinstance(left, list) and isinstance(right, list) else UNDEFINED

    return Function(name, 2, 2, apply)


def union(left: list[object], right: list[object]) -> list[object]:
    """Each element once, in the order of its first appearance."""
    first: dict[object, object] = {}
    for element in left + right:
        first.setdefault(sort_key(element), element)
    return list(first.values())


def intersection(left: list[object], right: list[object]) -> list[object]:
    """The elements of both, once each, in the order of the first."""
    shared = {sort_key(element) for element in right}
    return [element for element in union(left, []) if sort_key(element) in shared]


def pairs(value: object, key_name: object = "k", value_name: object = "v") -> object:
    """An object as an array of one object for each property (page "ObjectToArray")."""
    if not (isinstance(value, dict) and isinstance(key_name, str) and isinstance(value_name, str)):
        return UNDEFINED
    return [{key_name: key, value_name: member} for key, member in value.items()]


FUNCTIONS = (
    Function("ARRAY_CONCAT", 2, None, concat),
    Function("ARRAY_CONTAINS", 2, 3, contains),
    Function("ARRAY_CONTAINS_ALL", 2, None, contains_all, sees_undefined=True),
    Function("ARRAY_CONTAINS_ANY", 2, None, contains_any, sees_undefined=True),
    Function("ARRAY_LENGTH", 1, 1, lambda array: len(array) if isinstance(array, list) else UNDEFINED),
    Function("ARRAY_SLICE", 2, 3, cut),
    Function("OBJECTTOARRAY", 1, 3, pairs),
    _of_sets("SETINTERSECT", intersection),
    _of_sets("SETUNION", union),
)
