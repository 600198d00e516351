"""Each event as the history of an order shows it: its own data beside what every event has."""

from typing import Annotated, Any, Final, Literal, TypedDict, Union

from pydantic import ConfigDict, Field, with_config

from api.shapes import Moment, PhaseEntry, UnreadSaga
from orders.events import ORDER_EVENTS
from shared.pipeline.naming import camel

_SPELT: Final = ConfigDict(alias_generator=camel)


def _entry(kind: type) -> Any:  # noqa: ANN401 - a type
    """The dataclass takes over its spelling from what holds it, as when it is stored."""
    fields = {
        "kind": Literal["event"],
        "sequence": Annotated[int, Field(ge=1)],
        "type": Literal[kind.__name__],
        "at": Moment,
        "data": kind,
        "causationId": str,
        "correlationId": str,
    }
    made = TypedDict(f"{kind.__name__}Entry", fields)  # type: ignore[misc]  # name and fields are known when it runs
    return with_config(_SPELT)(made)


Entry: Final[Any] = Union[PhaseEntry, UnreadSaga, *map(_entry, ORDER_EVENTS)]
