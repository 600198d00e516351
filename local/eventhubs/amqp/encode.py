"""AMQP values into bytes, in their shortest form."""

import struct
from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from local.eventhubs.amqp.values import (
    Array,
    Byte,
    Char,
    Decimal,
    Described,
    Float,
    Int,
    Short,
    Symbol,
    Timestamp,
    UByte,
    UInt,
    ULong,
    UShort,
    Value,
)

NULL: Final = b"\x40"
_LENGTH: Final = struct.Struct(">I")
_COMPOUND: Final = struct.Struct(">II")
_SHORT: Final = 256


def encode(value: Value) -> bytes:
    """Raises TypeError for what is no AMQP value, OverflowError for a number that its type cannot hold."""
    if value is None:
        return NULL
    simple = _SIMPLE.get(type(value))
    if simple is not None:
        return simple(value)
    match value:
        case Described(descriptor, described):
            return b"\x00" + encode(descriptor) + encode(described)
        case Array(items):
            return _array(items)
        case Mapping():
            parts = [encode(part) for pair in value.items() for part in pair]
            return compound(0xC1, len(parts), b"".join(parts))
        case tuple():
            return compound(0xC0, len(value), b"".join(map(encode, value))) if value else b"\x45"
        case _:
            raise TypeError(f"{type(value).__name__} is not an AMQP value")


def compound(code: int, count: int, content: bytes) -> bytes:
    """A list (0xC0), map (0xC1) or array (0xE0) of `count` encoded items, in its short form if it fits."""
    if len(content) + 1 < _SHORT and count < _SHORT:
        return bytes((code, len(content) + 1, count)) + content
    return bytes((code + 0x10,)) + _COMPOUND.pack(len(content) + 4, count) + content


def _array(items: tuple[Value, ...]) -> bytes:
    if not items:
        return compound(0xE0, 0, NULL)
    if isinstance(items[0], Described):
        raise TypeError("an array of described values cannot be written")
    # One constructor serves all, so each item takes the wide form of the type.
    code, wide = _WIDE[type(items[0])]
    return compound(0xE0, len(items), bytes((code,)) + b"".join(map(wide, items)))


def _whole(code: int, width: int, *, signed: bool = False) -> Callable[[int], bytes]:
    start = bytes((code,))
    return lambda value: start + int(value).to_bytes(width, signed=signed)


def _small(zero: bytes, small: int, large: int, width: int) -> Callable[[int], bytes]:
    def encoded(value: int) -> bytes:
        if value == 0:
            return zero
        if 0 < value < _SHORT:
            return bytes((small, value))
        return bytes((large,)) + int(value).to_bytes(width)

    return encoded


def _small_signed(small: int, large: int, width: int) -> Callable[[int], bytes]:
    def encoded(value: int) -> bytes:
        if -128 <= value < 128:  # noqa: PLR2004 - what a signed byte holds
            return bytes((small,)) + int(value).to_bytes(1, signed=True)
        return bytes((large,)) + int(value).to_bytes(width, signed=True)

    return encoded


def _sized(code: int, raw: bytes) -> bytes:
    if len(raw) < _SHORT:
        return bytes((code, len(raw))) + raw
    return bytes((code + 0x10,)) + _LENGTH.pack(len(raw)) + raw


def _long_sized(raw: bytes) -> bytes:
    return _LENGTH.pack(len(raw)) + raw


def _decimal(value: bytes) -> bytes:
    return bytes(({4: 0x74, 8: 0x84, 16: 0x94}[len(value)],)) + value


_SIMPLE: Final[dict[type, Callable[..., bytes]]] = {
    bool: lambda value: b"\x41" if value else b"\x42",
    int: _small_signed(0x55, 0x81, 8),
    float: lambda value: b"\x82" + struct.pack(">d", value),
    str: lambda value: _sized(0xA1, value.encode()),
    bytes: lambda value: _sized(0xA0, value),
    UUID: lambda value: b"\x98" + value.bytes,
    Byte: _whole(0x51, 1, signed=True),
    Short: _whole(0x61, 2, signed=True),
    Int: _small_signed(0x54, 0x71, 4),
    UByte: _whole(0x50, 1),
    UShort: _whole(0x60, 2),
    UInt: _small(b"\x43", 0x52, 0x70, 4),
    ULong: _small(b"\x44", 0x53, 0x80, 8),
    Timestamp: _whole(0x83, 8, signed=True),
    Float: lambda value: b"\x72" + struct.pack(">f", value),
    Char: lambda value: b"\x73" + value.encode("utf-32-be"),
    Symbol: lambda value: _sized(0xA3, value.encode("ascii")),
    Decimal: _decimal,
}
_WIDE: Final[dict[type, tuple[int, Callable[..., bytes]]]] = {
    bool: (0x56, lambda value: b"\x01" if value else b"\x00"),
    int: (0x81, lambda value: int(value).to_bytes(8, signed=True)),
    Int: (0x71, lambda value: int(value).to_bytes(4, signed=True)),
    UInt: (0x70, lambda value: int(value).to_bytes(4)),
    ULong: (0x80, lambda value: int(value).to_bytes(8)),
    Timestamp: (0x83, lambda value: int(value).to_bytes(8, signed=True)),
    str: (0xB1, lambda value: _long_sized(value.encode())),
    Symbol: (0xB3, lambda value: _long_sized(value.encode("ascii"))),
    bytes: (0xB0, _long_sized),
    UUID: (0x98, lambda value: value.bytes),
}
