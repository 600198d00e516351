"""HTTP/1.1 in front of a handler: keep-alive, pipelining in order, answers held back until the store has committed."""

import asyncio
from collections import deque
from collections.abc import Awaitable
from functools import lru_cache
from http import HTTPStatus
from typing import Final, Protocol, cast
from urllib.parse import urlsplit

import httptools

from local.cosmos.message import DROPPED, Answer, Request, Response

BACKLOG: Final = 4096
_MOST_HEADERS: Final = 200
_LARGEST_BODY: Final = 8 * 1024 * 1024
_REASONS: Final = {
    status.value: b"HTTP/1.1 %d %b\r\n" % (status.value, status.phrase.encode()) for status in HTTPStatus
}
_BODILESS: Final = {HTTPStatus.NO_CONTENT.value, HTTPStatus.NOT_MODIFIED.value}


class Application(Protocol):
    """A handler whose writes are safe only after `commit`."""

    def __call__(self, request: Request) -> Answer: ...

    @property
    def durable(self) -> bool: ...

    def commit(self) -> None: ...


class Outbox:
    """Answers of one turn of the event loop share one commit."""

    def __init__(self, loop: asyncio.AbstractEventLoop, application: Application) -> None:
        self._loop = loop
        self._application = application
        self._held: list[tuple[asyncio.Transport, bytes]] = []

    def send(self, transport: asyncio.Transport, answer: bytes) -> None:
        if not self._held:
            self._loop.call_soon(self._release)
        self._held.append((transport, answer))

    def _release(self) -> None:
        held, self._held = self._held, []
        try:
            self._application.commit()
        except BaseException:
            for transport, _ in held:
                transport.abort()
            raise
        for transport, answer in held:
            _write(transport, answer)


def _write(transport: asyncio.Transport, answer: bytes) -> None:
    """Of a dropped answer nothing is sent."""
    if answer:
        transport.write(answer)
    else:
        transport.abort()


class Connection(asyncio.Protocol):
    """One client's socket; a request that has to wait holds back those behind it on the same socket."""

    def __init__(self, application: Application, outbox: Outbox, open_connections: set["Connection"]) -> None:
        self._application = application
        self._send_on = outbox.send if application.durable else _write
        self._open = open_connections
        self._received: dict[bytes, bytes] = {}
        self._url: list[bytes] = []
        self._body: list[bytes] = []
        # Straight into what keeps them: a Python call for each of 20 headers costs as much as a bare answer.
        self.on_url = self._url.append
        self.on_header = self._received.__setitem__
        self.on_body = self._body.append
        self._parser = httptools.HttpRequestParser(self)
        self._behind: deque[tuple[Request, bool]] = deque()
        self._waiting: asyncio.Task[None] | None = None
        self._size = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._open.discard(self)
        if self._waiting is not None:
            self._waiting.cancel()

    def close(self) -> None:
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._refuse(HTTPStatus.BAD_REQUEST)
        # What is still here belongs to a request that is not whole yet.
        self._size = self._size + len(data) if self._body else 0
        if self._size > _LARGEST_BODY:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def on_headers_complete(self) -> None:
        self._headers = {name.lower(): value for name, value in self._received.items()}
        if len(self._headers) > _MOST_HEADERS:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if b"expect" in self._headers and self._headers[b"expect"].lower() == b"100-continue":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_message_complete(self) -> None:
        path, query = _target(_taken(self._url))
        body = _taken(self._body)
        self._received.clear()
        if self._transport.is_closing():
            return
        request = Request(self._parser.get_method().decode("ascii"), path, query, self._headers, body)
        keep_alive = self._parser.should_keep_alive()
        if self._waiting is None:
            self._answer(request, keep_alive=keep_alive)
        else:
            self._behind.append((request, keep_alive))

    def _answer(self, request: Request, *, keep_alive: bool) -> None:
        answer = self._application(request)
        if isinstance(answer, Response):
            self._send(answer, keep_alive=keep_alive)
        else:
            self._waiting = asyncio.ensure_future(self._later(answer, keep_alive=keep_alive))

    async def _later(self, answer: Awaitable[Response], *, keep_alive: bool) -> None:
        self._send(await answer, keep_alive=keep_alive)
        self._waiting = None
        while self._behind and self._waiting is None:
            request, keep = self._behind.popleft()
            self._answer(request, keep_alive=keep)

    def _send(self, response: Response, *, keep_alive: bool) -> None:
        self._send_on(self._transport, render(response, keep_alive=keep_alive))
        if not keep_alive:
            asyncio.get_running_loop().call_soon(self._transport.close)

    def _refuse(self, status: HTTPStatus) -> None:
        if self._transport.is_closing():
            return
        self._transport.write(_REASONS[status.value] + b"content-length: 0\r\nconnection: close\r\n\r\n")
        self._transport.close()


def _taken(pieces: list[bytes]) -> bytes:
    whole = pieces[0] if len(pieces) == 1 else b"".join(pieces)
    pieces.clear()
    return whole


@lru_cache(maxsize=1024)
def _target(url: bytes) -> tuple[str, str]:
    """Path and query."""
    text = url.decode("latin-1")
    if "?" not in text and text.startswith("/"):
        return text, ""
    parts = urlsplit(text)
    return parts.path, parts.query


def render(response: Response, *, keep_alive: bool = True) -> bytes:
    """A 204 or 304 has neither body nor Content-Length; of a dropped answer nothing is sent."""
    if response is DROPPED:
        return b""
    start = _REASONS.get(response.status) or b"HTTP/1.1 %d Unknown\r\n" % response.status
    length = b"" if response.status in _BODILESS else b"content-length: %d\r\n" % len(response.body)
    ending = b"\r\n" if keep_alive else b"connection: close\r\n\r\n"
    return b"".join((start, response.headers, length, ending, response.body))


async def serve(application: Application, host: str, port: int) -> tuple[asyncio.Server, set[Connection]]:
    """Listens at once; port 0 takes a free one."""
    loop = asyncio.get_running_loop()
    outbox = Outbox(loop, application)
    connections: set[Connection] = set()
    server = await loop.create_server(lambda: Connection(application, outbox, connections), host, port, backlog=BACKLOG)
    return server, connections
