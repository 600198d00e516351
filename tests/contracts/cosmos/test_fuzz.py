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


def test_noise_is_refused_and_harms_nobody(start: Start) -> None:
    _check(start, rounds=200, seed=1)


@pytest.mark.long
def test_noise_for_long_is_refused_and_harms_nobody(start: Start) -> None:
    _check(start, rounds=20_000, seed=2)
