"""A request as it came and a response as it goes, free of any HTTP library."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, NamedTuple

import orjson

type Headers = tuple[tuple[bytes, bytes], ...]

JSON: Final = (b"content-type", b"application/json")


class Request(NamedTuple):
    """Header names are lower case; the path is still percent-quoted."""

    method: str
    path: str
    query: str
    headers: Mapping[bytes, bytes]
    body: bytes

    def text(self, name: bytes) -> str | None:
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")

    def flag(self, name: bytes) -> bool:
        """Python sends `True`, other SDKs `true`."""
        value = self.headers.get(name)
        return value is not None and value.lower() == b"true"

    def number(self, name: bytes, default: int) -> int:
        try:
            return int(self.headers.get(name, default))
        except ValueError:
            return default


class Response(NamedTuple):
    status: int
    headers: Headers
    body: bytes

    def header(self, name: bytes) -> bytes | None:
        return next((value for known, value in self.headers if known == name), None)


DROPPED: Final = Response(0, (), b"")
"""No answer at all: the connection is closed, as by a network failure."""

type Answer = Response | Awaitable[Response]
type Handler = Callable[[Request], Answer]


def json_response(status: int, content: object, *headers: tuple[bytes, bytes]) -> Response:
    return Response(status, (JSON, *headers), orjson.dumps(content))
