"""A container's computed properties: checked when it is defined, compiled once."""

from collections.abc import Mapping
from typing import Final

from local.cosmos.errors import bad_request
from local.cosmos.language import Query, refusing
from local.cosmos.query import computed_property

_MOST: Final = 20
_SYSTEM: Final = {"id", "_rid", "_ts", "_etag", "_self", "_attachments"}


def computed_properties(shape: Mapping[str, object]) -> dict[str, Query]:
    """Each property's definition by its name.

    Raises:
        CosmosError: 400 for more than 20, a system property's name, or a query that may not define one.

    """
    given = shape.get("computedProperties") or []
    if not isinstance(given, list) or len(given) > _MOST:
        raise bad_request(f"computedProperties is a list of at most {_MOST}.")
    return dict(_property(one) for one in given)


def _property(given: object) -> tuple[str, Query]:
    match given:
        case {"name": str(name), "query": str(query)} if name and name not in _SYSTEM:
            with refusing():
                return name, computed_property(query)
        case _:
            raise bad_request("A computed property has a name, not that of a system property, and a query.")
