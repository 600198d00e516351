"""Bytes into performatives."""

from collections.abc import Callable
from typing import Final

from local.eventhubs.amqp.decode import Malformed, decode
from local.eventhubs.amqp.performatives import (
    Attach,
    Begin,
    Close,
    Detach,
    Disposition,
    End,
    Flow,
    Open,
    Performative,
    SaslInit,
    Transfer,
    named_values,
)
from local.eventhubs.amqp.values import Array, Value

_LARGEST_UINT: Final = 2**32 - 1


class _Fields:
    """The fields of one performative by position; those left out at the end are null."""

    def __init__(self, name: str, fields: tuple[Value, ...]) -> None:
        self._name = name
        self._fields = fields

    def at(self, place: int) -> Value:
        return self._fields[place] if place < len(self._fields) else None

    def number(self, place: int, default: int | None = None) -> int:
        value = self.at(place)
        if isinstance(value, int) and not isinstance(value, bool):
            return int(value)
        if value is None and default is not None:
            return default
        raise Malformed(f"field {place} of {self._name} is not a number")

    def number_or_none(self, place: int) -> int | None:
        return None if self.at(place) is None else self.number(place)

    def text(self, place: int) -> str:
        value = self.at(place)
        if not isinstance(value, str):
            raise Malformed(f"field {place} of {self._name} is not a text")
        return value

    def flag(self, place: int) -> bool:
        return self.at(place) is True


def performative(body: bytes) -> Performative:
    """Raises Malformed for what is not a performative that a server may get."""
    if body[:1] != b"\x00":
        raise Malformed("a frame without a performative")
    descriptor, at = decode(body, 1)
    fields, at = decode(body, at)
    code = int(descriptor) if isinstance(descriptor, int) else 0
    if code not in _READERS or not isinstance(fields, tuple):
        raise Malformed(f"no performative that a server gets has the descriptor {descriptor!r}")
    return _READERS[code](_Fields(f"0x{code:02x}", fields), body[at:])


def _open(fields: _Fields) -> Open:
    return Open(fields.text(0), fields.number(2, _LARGEST_UINT), fields.number(4, 0))


def _begin(fields: _Fields) -> Begin:
    return Begin(fields.number(1), fields.number(2))


def _attach(fields: _Fields) -> Attach:
    return Attach(
        fields.text(0),
        fields.number(1),
        fields.flag(2),
        fields.at(3),
        fields.at(4),
        fields.at(5),
        fields.at(6),
        _symbols(fields.at(12)),
        named_values(fields.at(13)),
    )


def _flow(fields: _Fields) -> Flow:
    return Flow(
        fields.number_or_none(0),
        fields.number(1),
        fields.number_or_none(4),
        fields.number(5, 0),
        fields.number(6, 0),
        fields.flag(8),
        fields.flag(9),
    )


def _transfer(fields: _Fields, payload: bytes) -> Transfer:
    return Transfer(
        fields.number(0),
        fields.number_or_none(1),
        fields.number(3, 0),
        fields.flag(4),
        fields.flag(5),
        fields.flag(9),
        payload,
    )


def _symbols(value: Value) -> tuple[str, ...]:
    """One symbol may stand for an array of one."""
    items = value.items if isinstance(value, Array) else value if isinstance(value, tuple) else (value,)
    return tuple(item for item in items if isinstance(item, str))


_READERS: Final[dict[int, Callable[[_Fields, bytes], Performative]]] = {
    0x10: lambda fields, _: _open(fields),
    0x11: lambda fields, _: _begin(fields),
    0x12: lambda fields, _: _attach(fields),
    0x13: lambda fields, _: _flow(fields),
    0x14: _transfer,
    0x15: lambda _fields, _payload: Disposition(),
    0x16: lambda fields, _: Detach(fields.number(0), fields.flag(1)),
    0x17: lambda _fields, _payload: End(),
    0x18: lambda _fields, _payload: Close(),
    0x41: lambda _fields, _payload: SaslInit(),
}
