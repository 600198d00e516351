"""Requests over 16 connections with one under way on each, sent by a process that is none of the measured ones."""

import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import batched
from typing import Final

from benchmarks.programs import Program

CONNECTIONS: Final = 16
_CHUNK: Final = 1 << 18
_END: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSES: Final = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)


class Line:
    """One connection, opened again whenever the other side has closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def send(self, request: bytes) -> None:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=60)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)

    def receive(self) -> bytes:
        """The whole answer.

        Raises:
            ConnectionError: It ended early, or refuses; nothing is measured then.

        """
        answer = self._more()
        while (end := answer.find(_END)) < 0:
            answer += self._more()
        head = answer[:end]
        if not head.startswith(b"HTTP/1.1 2") and not head.startswith(b"HTTP/1.1 304"):
            raise ConnectionError(f"refused: {answer[:500].decode()}")
        length = _LENGTH.search(head)
        missing = end + len(_END) + (int(length[1]) if length else 0) - len(answer)
        while missing > 0:
            answer += (more := self._more())
            missing -= len(more)
        if _CLOSES.search(head):
            self.close()
        return answer

    def _more(self) -> bytes:
        assert self._socket is not None
        received = self._socket.recv(_CHUNK)
        if not received:
            raise ConnectionError("the other side closed the connection before its answer was whole")
        return received

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket = None


class Load:
    """Rounds of requests on one program, a request a connection."""

    def __init__(self, program: Program, lines: tuple[Line, ...]) -> None:
        self._program = program
        self._lines = lines

    def answer(self, request: bytes) -> bytes:
        """One request alone."""
        self._lines[0].send(request)
        return self._lines[0].receive()

    def cpu_seconds(self, requests: Iterable[bytes]) -> float:
        """What the program spends until it has answered all of them.

        The last answer is awaited first: to wake whoever waits costs as much as a small answer, and a program that is
        faster than this one would not have to.
        """
        before = self._program.cpu_seconds()
        for some in batched(requests, len(self._lines), strict=False):
            under_way = self._lines[: len(some)]
            for line, request in zip(under_way, some, strict=True):
                line.send(request)
            for line in reversed(under_way):
                line.receive()
        return self._program.cpu_seconds() - before


@contextmanager
def load(program: Program, connections: int = CONNECTIONS) -> Iterator[Load]:
    lines = tuple(Line(program.port) for _ in range(connections))
    try:
        yield Load(program, lines)
    finally:
        for line in lines:
            line.close()
