"""AMQP values in Python: where Python has one type and AMQP several, a subclass says which."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID


class Byte(int):
    """A signed number of 8 bits."""


class Short(int):
    """A signed number of 16 bits."""


class Int(int):
    """A signed number of 32 bits; a plain Python int is a long, of 64 bits."""


class UByte(int):
    """An unsigned number of 8 bits."""


class UShort(int):
    """An unsigned number of 16 bits."""


class UInt(int):
    """An unsigned number of 32 bits."""


class ULong(int):
    """An unsigned number of 64 bits."""


class Timestamp(int):
    """Milliseconds since 1970 in UTC."""


class Float(float):
    """A number of 32 bits; a plain Python float is a double."""


class Char(str):
    """One Unicode character."""

    __slots__ = ()


class Symbol(str):
    """A name in ASCII, from a domain that somebody has defined."""

    __slots__ = ()


class Decimal(bytes):
    """An IEEE 754 decimal of 4, 8 or 16 bytes: passed on, never understood."""


@dataclass(frozen=True, slots=True)
class Described:
    """A value with a descriptor that gives it a meaning."""

    descriptor: "Value"
    value: "Value"


@dataclass(frozen=True, slots=True)
class Array:
    """Values of one type."""

    items: tuple["Value", ...]


type Value = (
    bool | int | float | str | bytes | UUID | Described | Array | tuple["Value", ...] | Mapping["Value", "Value"] | None
)
