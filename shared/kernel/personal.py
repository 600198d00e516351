"""What is nobody's business is marked where its type is declared, and masked wherever values are shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final, get_args, get_type_hints

from shared.kernel.errors import Failure, Refused


@dataclass(frozen=True, slots=True)
class Hidden:
    """Marks a field: `Annotated[str, PERSONAL]`."""

    why: str


PERSONAL: Final = Hidden("personal")
SECRET: Final = Hidden("secret")
MASK: Final = "***"
MOST_LETTERS: Final = 200
MOST_ITEMS: Final = 20

type Shown = str | int | float | bool | list[Shown] | dict[str, Shown] | None


def masked(value: object) -> Shown:
    """The value as it may be shown to an operator: typed fields by name, marked ones masked, documents never."""
    match value:
        case None | bool() | int() | float() | str() | date():
            return _plain(value)
        case Failure() | Refused():
            return _plain(f"{type(value).__name__}: {value}")
        case Mapping():
            # A document: whose fields are personal is not known of it.
            return f"{len(value)} fields"
        case list() | tuple() | set() | frozenset():
            return [masked(each) for each in list(value)[:MOST_ITEMS]]
        case _:
            return _typed(value)


def _plain(value: str | float | date | None) -> Shown:
    match value:
        case str():
            return value[:MOST_LETTERS]
        case date():
            return value.isoformat()
        case _:
            return value


def _typed(value: object) -> Shown:
    """A dataclass or a model of pydantic; of anything else only what it is."""
    kind: Any = type(value)
    names = getattr(kind, "__dataclass_fields__", None) or getattr(kind, "model_fields", None)
    if names is None:
        return str(kind.__name__)
    hidden = _hidden(kind)
    return {name: MASK if name in hidden else masked(getattr(value, name)) for name in names}


def hidden_fields(kind: type) -> frozenset[str]:
    """Which fields of the type are marked."""
    return _hidden(kind)


@cache
def _hidden(kind: Any) -> frozenset[str]:  # noqa: ANN401 - of any type
    return frozenset(name for name, hint in get_type_hints(kind, include_extras=True).items() if _is_marked(hint))


def _is_marked(hint: object) -> bool:
    """Also where it may be None."""
    marks = getattr(hint, "__metadata__", ())
    return any(isinstance(mark, Hidden) for mark in marks) or any(_is_marked(each) for each in get_args(hint))
