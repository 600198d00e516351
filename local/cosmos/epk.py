"""Effective partition keys: the hash of a key's values that says which range owns them.

Read from the SDK's `azure/cosmos/partition_key.py` and checked against its vectors.
"""

import enum
import struct
from typing import Final

import mmh3


class Undefined(enum.Enum):
    """The value of a property that is not there."""

    UNDEFINED = enum.auto()


UNDEFINED: Final = Undefined.UNDEFINED

type Component = str | float | bool | Undefined | None

LOWEST: Final = b""
HIGHEST: Final = b"\xff"
_SIGN: Final = 1 << 63
_HASHED_CHARACTERS_V1: Final = 100


def encode(component: Component, *, string_end: bytes = b"\xff") -> bytes:
    """The bytes that are hashed: a type mark and the value."""
    match component:
        case str():
            return b"\x08" + component.encode("utf-8", "surrogatepass") + string_end
        case Undefined():
            return b"\x00"
        case None:
            return b"\x01"
        case bool():
            return b"\x03" if component else b"\x02"
        case _:
            return b"\x05" + struct.pack("<d", component)


def hash_v2(component: Component) -> bytes:
    """16 bytes, the two top bits clear so that everything sorts below `HIGHEST`."""
    digest = mmh3.mmh3_x64_128_digest(encode(component))[::-1]
    return bytes((digest[0] & 0x3F,)) + digest[1:]


def hash_multi(components: tuple[Component, ...]) -> bytes:
    """A prefix of the key is a prefix of the bytes."""
    return b"".join(map(hash_v2, components))


def hash_v1(component: Component) -> bytes:
    """The first scheme: a 32 bit hash as a number, then the value itself, so the order within one hash is kept."""
    cut = component[:_HASHED_CHARACTERS_V1] if isinstance(component, str) else component
    hashed = cut
    if isinstance(cut, int) and not isinstance(cut, bool):
        hashed = float(cut & 0xFFFFFFFF)
    number = mmh3.hash(encode(hashed, string_end=b"\x00"), signed=False)
    return _sortable(float(number)) + _sortable(cut)


def _sortable(component: Component) -> bytes:
    match component:
        case bool() | None | Undefined():
            return encode(component)
        case str():
            raw = component.encode("utf-8", "surrogatepass")[: _HASHED_CHARACTERS_V1 + 1]
            end = b"\x00" if len(raw) <= _HASHED_CHARACTERS_V1 else b""
            return b"\x08" + bytes(byte + 1 for byte in raw) + end
        case _:
            return b"\x05" + _sortable_number(float(component))


def _sortable_number(number: float) -> bytes:
    """8 bits first, then 7 bits and a mark that says whether more follow."""
    (bits,) = struct.unpack("<Q", struct.pack("<d", number))
    bits = bits ^ _SIGN if bits < _SIGN else (~bits + 1) & 0xFFFFFFFFFFFFFFFF
    chunks = [bits >> 56]
    bits = (bits << 8) & 0xFFFFFFFFFFFFFFFF
    while bits:
        chunks.append((bits >> 56) | 1)
        bits = (bits << 7) & 0xFFFFFFFFFFFFFFFF
    if len(chunks) == 1:
        return bytes((*chunks, 0))
    return bytes((*chunks[:-1], chunks[-1] & 0xFE))


def equal_bounds(count: int, *, version: int) -> tuple[bytes, ...]:
    """Lower bounds of `count` ranges of equal width."""
    if version == 1:
        step = 0xFFFFFFFF // count
        return LOWEST, *(_sortable(float(step * index)) for index in range(1, count))
    width = ((1 << 126) - 1) // count
    return LOWEST, *((width * index).to_bytes(16, "big") for index in range(1, count))


def to_hex(key: bytes) -> str:
    return key.hex().upper()
