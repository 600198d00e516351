"""Performatives as they leave, each with all of its fields.

AMQP lets a writer leave out nulls at the end of a list, but the Python SDK 5.15.1 reads fields by position and fails
on a shorter one (azure/eventhub/_pyamqp, decode_frame); it also knows lists only in their two forms with a size.
"""

from typing import Final

from local.eventhubs.amqp.encode import NULL, compound, encode
from local.eventhubs.amqp.frames import SASL, frame
from local.eventhubs.amqp.performatives import Attach
from local.eventhubs.amqp.values import Array, Described, Symbol, UByte, UInt, ULong, UShort, Value

LARGEST_WINDOW: Final = 2**31 - 1
ACCEPTED: Final = b"\x00\x53\x24\x45"
_LIST: Final = 0xC0
_ERROR: Final = 0x1D
_REJECTED: Final = 0x25
# Everything of a transfer's frame around its payload, at most.
TRANSFER_ROOM: Final = 64


def sasl_mechanisms() -> bytes:
    """What the service offers; tokens are put later, through `$cbs`."""
    names = Array(tuple(Symbol(name) for name in ("MSSBCBS", "PLAIN", "ANONYMOUS", "EXTERNAL")))
    return frame(_performative(0x40, encode(names)), kind=SASL)


def sasl_outcome() -> bytes:
    return frame(_performative(0x44, encode(UByte(0)), NULL), kind=SASL)


def opened(container_id: str, *, max_frame_size: int, channel_max: int, idle_timeout: int) -> bytes:
    fields = (container_id, None, UInt(max_frame_size), UShort(channel_max), UInt(idle_timeout), *[None] * 5)
    return frame(_performative(0x10, *map(encode, fields)))


def begun(channel: int, *, next_outgoing_id: int, window: int, handle_max: int) -> bytes:
    fields = (UShort(channel), UInt(next_outgoing_id), UInt(window), UInt(LARGEST_WINDOW), UInt(handle_max))
    return frame(_performative(0x11, *map(encode, (*fields, None, None, None))), channel)


def attached(channel: int, asked: Attach, *, max_message_size: int, capabilities: tuple[str, ...] = ()) -> bytes:
    """The other half of the link that was asked for."""
    return _attach(
        channel,
        asked,
        source=asked.source,
        target=asked.target,
        size=ULong(max_message_size),
        offered=Array(tuple(map(Symbol, capabilities))) if capabilities else None,
    )


def refused(channel: int, asked: Attach, condition: str, description: str) -> bytes:
    """A link without a terminus, detached at once: so AMQP says no to an attach (2.6.3)."""
    source, target = (None, asked.target) if asked.is_receiver else (asked.source, None)
    return _attach(channel, asked, source=source, target=target, size=None, offered=None) + detached(
        channel, asked.handle, error=(condition, description)
    )


def _attach(channel: int, asked: Attach, *, source: Value, target: Value, size: Value, offered: Value) -> bytes:
    fields = (
        asked.name,
        UInt(asked.handle),
        not asked.is_receiver,
        asked.sender_settles,
        asked.receiver_settles,
        source,
        target,
        None,
        False,
        UInt(0) if asked.is_receiver else None,
        size,
        offered,
        None,
        None,
    )
    return frame(_performative(0x12, *map(encode, fields)), channel)


def flow(
    channel: int,
    *,
    next_incoming_id: int,
    window: int,
    next_outgoing_id: int,
    handle: int | None = None,
    delivery_count: int = 0,
    credit: int = 0,
) -> bytes:
    link = (None, None, None) if handle is None else (UInt(handle), UInt(delivery_count), UInt(credit))
    session = (UInt(next_incoming_id), UInt(window), UInt(next_outgoing_id), UInt(LARGEST_WINDOW))
    return frame(_performative(0x13, *map(encode, (*session, *link, None, False, False, None))), channel)


def settled(channel: int, delivery_id: int, state: bytes) -> bytes:
    """The outcome of a delivery that the peer has sent; `state` is encoded."""
    identity = encode(UInt(delivery_id))
    return frame(_performative(0x15, b"\x41", identity, identity, b"\x41", state, b"\x42"), channel)


def rejected(condition: str, description: str) -> bytes:
    return encode(Described(ULong(_REJECTED), (_error(condition, description),)))


def detached(channel: int, handle: int, *, closed: bool = True, error: tuple[str, str] | None = None) -> bytes:
    fields = (UInt(handle), closed, _error(*error) if error else None)
    return frame(_performative(0x16, *map(encode, fields)), channel)


def ended(channel: int) -> bytes:
    return frame(_performative(0x17, NULL), channel)


def closed(error: tuple[str, str] | None = None) -> bytes:
    return frame(_performative(0x18, encode(_error(*error) if error else None)))


def transfers(channel: int, handle: int, delivery_id: int, message: bytes, *, largest: int) -> list[bytes]:
    """One message, settled, in as many frames as its size needs; `largest` is the peer's limit for a frame."""
    room = largest - TRANSFER_ROOM
    sent = []
    for start in range(0, len(message), room) if message else (0,):
        more = b"\x41" if start + room < len(message) else b"\x42"
        first = (encode(UInt(delivery_id)), b"\xa0\x04" + (delivery_id & 0xFFFFFFFF).to_bytes(4), b"\x43")
        identity = first if start == 0 else (NULL, NULL, NULL)
        head = _performative(0x14, encode(UInt(handle)), *identity, b"\x41", more, NULL, NULL, NULL, b"\x42", b"\x42")
        sent.append(frame(head + message[start : start + room], channel))
    return sent


def _performative(code: int, *fields: bytes) -> bytes:
    return bytes((0x00, 0x53, code)) + compound(_LIST, len(fields), b"".join(fields))


def _error(condition: str, description: str) -> Described:
    return Described(ULong(_ERROR), (Symbol(condition), description, None))
