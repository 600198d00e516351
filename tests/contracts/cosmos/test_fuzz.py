"""Random bytes on the socket: the server answers or hangs up, and serves the next one."""

import random
import socket
from urllib.parse import urlsplit

import pytest

from tests.contracts.cosmos.clients import Server, Start, Wire

VALID = (
    b"POST /dbs HTTP/1.1\r\nHost: x\r\nx-ms-date: Sun, 22 Nov 2026 20:16:04 GMT\r\n"
    b"authorization: type%3Dmaster%26ver%3D1.0%26sig%3Dabc\r\nContent-Length: 10\r\n\r\n"
    b'{"id":"a"}'
)


def _mutated(dice: random.Random) -> bytes:
    """A valid request with some bytes changed, cut out or doubled; or noise."""
    if dice.random() < 0.1:
        return dice.randbytes(dice.randrange(1, 2000))
    text = bytearray(VALID * dice.randrange(1, 4))
    for _ in range(dice.randrange(1, 8)):
        place = dice.randrange(len(text))
        match dice.randrange(3):
            case 0:
                text[place] = dice.randrange(256)
            case 1:
                del text[place : place + dice.randrange(1, 20)]
            case _:
                text[place:place] = dice.randbytes(dice.randrange(1, 20))
    return bytes(text)


def _sent(port: int, noise: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(noise)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while part := connection.recv(65536):
                answer += part
        except ConnectionResetError:
            pass
        return answer


def _check(start: Start, *, rounds: int, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - repeatable noise, not secrets
    with start() as (process, url):
        port = urlsplit(url).port or 0
        for _ in range(rounds):
            noise = _mutated(dice)
            assert b"HTTP/1.1 500" not in _sent(port, noise), noise
        assert process.poll() is None
        assert Wire(Server(url))("GET", "/").status == 200


def test_what_trails_one_request_is_not_said_of_the_next(start: Start) -> None:
    """RFC 9112, 7.1.2: a trailer belongs to its own message."""
    first = (
        b"POST /_local/limits HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        b'9\r\n{"on":fal\r\n3\r\nse}\r\n0\r\nx-ms-activity-id: mine\r\n\r\n'
    )
    with start() as (_, url):
        answers = _sent(urlsplit(url).port or 0, first + b"GET /_local HTTP/1.1\r\nHost: x\r\n\r\n")

    assert answers.count(b"HTTP/1.1 200 OK") == 2
    assert b"x-ms-activity-id: mine" not in answers


def test_a_body_without_end_is_413(start: Start) -> None:
    """RFC 9110, 15.5.14: refused before it is whole, and the connection is closed."""
    head = b"POST /_local/limits HTTP/1.1\r\nHost: x\r\nContent-Length: 99000000\r\n\r\n"

    with start() as (_, url):
        answer = _sent(urlsplit(url).port or 0, head + bytes(8_400_000))

    assert not answer or answer.startswith(b"HTTP/1.1 413")


def test_noise_is_refused_and_harms_nobody(start: Start) -> None:
    _check(start, rounds=200, seed=1)


@pytest.mark.long
def test_noise_for_long_is_refused_and_harms_nobody(start: Start) -> None:
    _check(start, rounds=20_000, seed=2)
