"""Resource ids: bytes that name a resource and its owners, as base64 text with `-` for `/`.

Lengths as azure-cosmos 4.17.1 tests them: database 4 bytes, container 8, item 16.
"""

import base64
from binascii import b2a_base64
from typing import Final

_ITEM_LENGTH: Final = 24
_CONTAINER_BIT: Final = 0x80000000
_RANGE_MARK: Final = 0x5 << 60


def database_bytes(number: int) -> bytes:
    return number.to_bytes(4, "big")


def container_bytes(database: int, number: int) -> bytes:
    return database_bytes(database) + (number | _CONTAINER_BIT).to_bytes(4, "big")


def encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii").replace("/", "-")


def item_rid(container: bytes, sequence: int) -> bytes:
    """Increasing with `sequence` inside one container."""
    return b2a_base64(container + sequence.to_bytes(8, "big"), newline=False).replace(b"/", b"-")


def item_sequence(container: bytes, text: str) -> int | None:
    """The number inside an item's rid; None when the text is not a rid of this container."""
    if len(text) != _ITEM_LENGTH:
        return None
    try:
        raw = base64.b64decode(text.replace("-", "/"), validate=True)
    except ValueError:
        return None
    return int.from_bytes(raw[8:], "big") if raw[:8] == container else None


def range_rid(container: bytes, number: int) -> str:
    return encode(container + (_RANGE_MARK | number).to_bytes(8, "big"))


def offer_rid(number: int) -> str:
    return encode(number.to_bytes(3, "big"))
