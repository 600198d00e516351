"""Where a reader starts: the selector `amqp.annotation.x-opt-<field> > '<value>'` of its source."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from local.eventhubs.errors import argument_error

type Field = Literal["sequence", "offset", "enqueued"]

_SELECTOR: Final = re.compile(
    r"\s*amqp\.annotation\.x-opt-(?P<field>offset|sequence-number|enqueued-time(?:utc)?)\s*(?P<test>>=?)\s*"
    r"'?(?P<value>@latest|-?\d+)'?\s*",
    re.IGNORECASE,
)
_FIELDS: Final[dict[str, Field]] = {"offset": "offset", "sequence-number": "sequence"}


@dataclass(frozen=True, slots=True)
class Position:
    """After, or with `is_inclusive` at, `value` of the field; None is the end of the partition."""

    field: Field
    value: int | None
    is_inclusive: bool


BEGINNING: Final = Position("offset", -1, is_inclusive=False)


def position(selector: str) -> Position:
    """Raises AmqpError for what the service would not understand."""
    match = _SELECTOR.fullmatch(selector)
    if match is None:
        raise argument_error(f"The selector '{selector}' is not a position in a partition.")
    value = None if match["value"].lower() == "@latest" else int(match["value"])
    return Position(_FIELDS.get(match["field"].lower(), "enqueued"), value, match["test"] == ">=")
