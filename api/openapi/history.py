"""Each event as the history of an order shows it: its own data beside what every event has."""

from typing import Annotated, Any, Final, Literal, TypedDict, Union, get_type_hints

from pydantic import ConfigDict, Field, with_config

from api.shapes import Moment, PhaseEntry, UnreadSaga
from orders.events import ORDER_EVENTS
from orders.publication import ORDER_PUBLICATION
from shared.pipeline.naming import camel

_SPELT: Final = ConfigDict(alias_generator=camel)


def _entry(kind: type) -> Any:  # noqa: ANN401 - a type
    """The dataclass takes over its spelling from what holds it, as when it is stored."""
    fields = {
        "kind": Literal["event"],
        "sequence": Annotated[int, Field(ge=1)],
        "type": Literal[kind.__name__],
        "at": Moment,
        "data": _shown(kind),
        "causationId": str,
        "correlationId": str,
    }
    made = TypedDict(f"{kind.__name__}Entry", fields)  # type: ignore[misc]  # name and fields are known when it runs
    return with_config(_SPELT)(made)


def _shown(kind: type) -> Any:  # noqa: ANN401 - a type
    """Whoever may see an order learns no more of its events than those who are told of every one."""
    kept_back = ORDER_PUBLICATION.kept_back_of(kind)
    if not kept_back:
        return kind
    told = {name: hint for name, hint in get_type_hints(kind, include_extras=True).items() if name not in kept_back}
    made = TypedDict(kind.__name__, told)  # type: ignore[misc]  # name and fields are known when it runs
    return with_config(_SPELT)(made)


Entry: Final[Any] = Union[PhaseEntry, UnreadSaga, *map(_entry, ORDER_EVENTS)]
