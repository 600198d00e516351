"""What a trigger hands to a function, before it takes the worker library's form."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text; a Cosmos trigger's documents travel as the text of a JSON array."""

    text: str


@dataclass(frozen=True, slots=True)
class JsonText:
    """Text that the worker parses as JSON; a timer's state."""

    text: str


@dataclass(frozen=True, slots=True)
class HttpCall:
    """A request: header names in lower case, one value per name, route values apart from the query."""

    method: str
    url: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    route: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Events:
    """A batch of events; `metadata` says the rest about them, each value as JSON text."""

    bodies: tuple[bytes, ...]
    is_text: bool
    metadata: Mapping[str, str]


type Payload = Text | JsonText | HttpCall | Events
