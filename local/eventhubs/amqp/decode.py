"""Bytes into AMQP values."""

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

type Read = tuple[Value, int]
_LENGTH: Final = struct.Struct(">I")
_COMPOUND: Final = struct.Struct(">II")
# The first half of a constructor says how wide the value is; from 0xA on its length comes first.
_FIXED_WIDTHS: Final = {0x4: 0, 0x5: 1, 0x6: 2, 0x7: 4, 0x8: 8, 0x9: 16}
_SHORT_LENGTHS: Final = {0xA, 0xC, 0xE}
_DEEPEST: Final = 64


class Malformed(ValueError):  # noqa: N818 - it states what the bytes are
    """The bytes are not AMQP."""


def decode(encoded: bytes, at: int = 0) -> Read:
    """The value that begins `at`, and where it ends. Raises Malformed."""
    try:
        return _value(encoded, at, 0)
    except (IndexError, struct.error, UnicodeDecodeError, OverflowError, TypeError) as problem:
        raise Malformed(f"no AMQP value at byte {at}: {problem}") from problem


def end(encoded: bytes, at: int) -> int:
    """Where the value that begins `at` ends, without making it. Raises Malformed."""
    try:
        return _end(encoded, at)
    except (IndexError, struct.error, RecursionError) as problem:
        raise Malformed(f"no AMQP value at byte {at}: {problem}") from problem


def _end(encoded: bytes, at: int) -> int:
    while encoded[at] == 0:
        at = _end(encoded, at + 1)
    return _end_of(encoded[at], encoded, at + 1)


def _end_of(code: int, encoded: bytes, at: int) -> int:
    width = _FIXED_WIDTHS.get(code >> 4)
    if width is not None:
        reached = at + width
    elif code >> 4 in _SHORT_LENGTHS:
        reached = at + 1 + encoded[at]
    else:
        reached = at + 4 + int(_LENGTH.unpack_from(encoded, at)[0])
    if reached > len(encoded):
        raise IndexError("it is cut off")
    return reached


def _value(encoded: bytes, at: int, depth: int) -> Read:
    if depth > _DEEPEST:
        raise Malformed(f"values are nested more than {_DEEPEST} deep")
    code = encoded[at]
    if code:
        return _constructed(code, encoded, at + 1, depth)
    descriptor, at = _value(encoded, at + 1, depth + 1)
    value, at = _value(encoded, at, depth + 1)
    return Described(descriptor, value), at


def _constructed(code: int, encoded: bytes, at: int, depth: int) -> Read:
    reached = _end_of(code, encoded, at)
    read = _SIMPLE.get(code)
    if read is not None:
        skipped = 0 if code >> 4 in _FIXED_WIDTHS else 1 if code >> 4 in _SHORT_LENGTHS else 4
        return read(encoded[at + skipped : reached]), reached
    if code not in _COMPOUNDS:
        raise Malformed(f"0x{code:02x} is not a constructor")
    if code >> 4 in _SHORT_LENGTHS:
        count, at = encoded[at + 1], at + 2
    else:
        count, at = _COMPOUND.unpack_from(encoded, at)[1], at + 8
    if count > reached - at + 1 and code not in _ARRAYS:
        raise Malformed(f"{count} items do not fit into {reached - at} bytes")
    return _COMPOUNDS[code](encoded, at, count, depth + 1), reached


def _list(encoded: bytes, at: int, count: int, depth: int) -> tuple[Value, ...]:
    items = []
    for _ in range(count):
        item, at = _value(encoded, at, depth)
        items.append(item)
    return tuple(items)


def _map(encoded: bytes, at: int, count: int, depth: int) -> Mapping[Value, Value]:
    items = _list(encoded, at, count, depth)
    if count % 2:
        raise Malformed("a map has a key without a value")
    return dict(zip(items[::2], items[1::2], strict=True))


def _array(encoded: bytes, at: int, count: int, depth: int) -> Array:
    if not count:
        return Array(())
    if count > len(encoded):
        raise Malformed(f"an array of {count} items does not fit")
    descriptor: Value = None
    is_described = encoded[at] == 0
    if is_described:
        descriptor, at = _value(encoded, at + 1, depth)
    code, at = encoded[at], at + 1
    items = []
    for _ in range(count):
        item, at = _constructed(code, encoded, at, depth)
        items.append(Described(descriptor, item) if is_described else item)
    return Array(tuple(items))


def _signed(raw: bytes) -> int:
    return int.from_bytes(raw, signed=True)


_COMPOUNDS: Final[dict[int, Callable[[bytes, int, int, int], Value]]] = {
    0xC0: _list,
    0xD0: _list,
    0xC1: _map,
    0xD1: _map,
    0xE0: _array,
    0xF0: _array,
}
_ARRAYS: Final = {0xE0, 0xF0}
_SIMPLE: Final[dict[int, Callable[[bytes], Value]]] = {
    0x40: lambda _: None,
    0x41: lambda _: True,
    0x42: lambda _: False,
    0x43: lambda _: UInt(0),
    0x44: lambda _: ULong(0),
    0x45: lambda _: (),
    0x50: lambda raw: UByte(raw[0]),
    0x51: lambda raw: Byte(_signed(raw)),
    0x52: lambda raw: UInt(raw[0]),
    0x53: lambda raw: ULong(raw[0]),
    0x54: lambda raw: Int(_signed(raw)),
    0x55: _signed,
    0x56: lambda raw: raw == b"\x01",
    0x60: lambda raw: UShort(int.from_bytes(raw)),
    0x61: lambda raw: Short(_signed(raw)),
    0x70: lambda raw: UInt(int.from_bytes(raw)),
    0x71: lambda raw: Int(_signed(raw)),
    0x72: lambda raw: Float(struct.unpack(">f", raw)[0]),
    0x73: lambda raw: Char(raw.decode("utf-32-be")),
    0x74: Decimal,
    0x80: lambda raw: ULong(int.from_bytes(raw)),
    0x81: _signed,
    0x82: lambda raw: float(struct.unpack(">d", raw)[0]),
    0x83: lambda raw: Timestamp(_signed(raw)),
    0x84: Decimal,
    0x94: Decimal,
    0x98: lambda raw: UUID(bytes=raw),
    0xA0: bytes,
    0xA1: bytes.decode,
    0xA3: lambda raw: Symbol(raw.decode("ascii")),
    0xB0: bytes,
    0xB1: bytes.decode,
    0xB3: lambda raw: Symbol(raw.decode("ascii")),
}
