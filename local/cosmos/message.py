"""A request as it came and a response as it goes, free of any HTTP library."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

import orjson

type Headers = bytes
"""Lines as they go over the wire, each with its end: put together once, copied once."""


def line(name: bytes, value: bytes) -> Headers:
    return b"%b: %b\r\n" % (name, value)


JSON: Final = line(b"content-type", b"application/json")


@dataclass(slots=True)
class Request:
    """Header names are lower case; the path is still percent-quoted.

    Not frozen: to make a frozen one costs four times as much, and each request makes one of these.
    """

    method: str
    path: str
    query: str
    headers: Mapping[bytes, bytes]
    body: bytes

    def text(self, name: bytes) -> str | None:
        return self.headers[name].decode("latin-1") if name in self.headers else None

    def flag(self, name: bytes) -> bool:
        """Python sends `True`, other SDKs `true`."""
        value = self.headers.get(name)
        return value is not None and value.lower() == b"true"

    def number(self, name: bytes, default: int) -> int:
        try:
            return int(self.headers.get(name, default))
        except ValueError:
            return default


@dataclass(slots=True)
class Response:
    """Not frozen, as a request."""

    status: int
    headers: Headers
    body: bytes


DROPPED: Final = Response(0, b"", b"")
"""No answer at all: the connection is closed, as by a network failure."""

type Answer = Response | Awaitable[Response]
type Handler = Callable[[Request], Answer]


def json_response(status: int, content: object, headers: Headers = b"") -> Response:
    return Response(status, JSON + headers, orjson.dumps(content))
