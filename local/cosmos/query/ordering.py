"""The one order over all values, for ORDER BY, MIN, MAX, DISTINCT and GROUP BY."""

from typing import TypeIs

from local.cosmos.query.values import UNDEFINED

type Key = tuple[int] | tuple[int, object]


def sort_key(value: object) -> Key:  # noqa: PLR0911 - one case a type
    """A hashable key whose order is: undefined, null, false, true, numbers, strings, arrays, objects.

    Two keys are equal exactly for equal values. Undefined comes first and is kept, so DESC has it last: seen in
    CosmosUndefinedQueryTests of Azure/azure-cosmos-dotnet-v3, where the sorted path is in an included path. (The
    documentation page "ORDER BY" warns that some indexing policies leave such items out.) The Azure side orders arrays
    and objects among themselves by an unpublished hash; here they are compared member by member.
    """
    match value:
        case str():
            return (4, value)
        case bool():
            return (2, value)
        case int() | float():
            return (3, value)
        case None:
            return (1,)
        case list():
            return (5, tuple(map(sort_key, value)))
        case dict():
            return (6, tuple(sorted((name, sort_key(member)) for name, member in value.items())))
        case _:
            return (0,)


def is_primitive(value: object) -> TypeIs[str | bool | int | float | None]:
    """Null, a boolean, a number or a string."""
    return value is not UNDEFINED and not isinstance(value, (list, dict))
