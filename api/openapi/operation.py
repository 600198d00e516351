"""What the document says of one route that its code cannot say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, Literal

JSON: Final = "application/json"
HTML: Final = "text/html"

type Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Header:
    """Of an answer; `schema` is that of its text."""

    name: str
    about: str
    schema: Schema = field(default_factory=lambda: {"type": "string"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """Of a request, with what it brings along: codes of problems, headers of the answer."""

    name: str
    place: Literal["path", "query", "header"]
    about: str
    kind: Any = str
    example: object = None
    is_required: bool = False
    codes: tuple[str, ...] = ()
    headers: tuple[Header, ...] = ()


@dataclass(frozen=True, slots=True)
class Success:
    """`kind` is the type of its body; None when it has none. `headers` are its own, beside those of parameters.

    `texts` are other media types that the same can be had in, by `Accept`.
    """

    kind: Any = None
    status: HTTPStatus = HTTPStatus.OK
    headers: tuple[Header, ...] = ()
    media: str = JSON
    texts: tuple[str, ...] = ()
    example: object = None


@dataclass(frozen=True, slots=True)
class Operation:
    """`takes` is the type of the body it reads, `codes` are the problems that are this route's own.

    `path` has examples for its path where another one than everybody's is meant.
    """

    summary: str
    answers: tuple[Success, ...]
    takes: Any = None
    example: object = None
    parameters: tuple[Parameter, ...] = ()
    codes: tuple[str, ...] = ()
    about: str = ""
    path: Mapping[str, str] = field(default_factory=dict)
