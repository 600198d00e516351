"""An event as it was sent, and as it lies in a partition."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from local.eventhubs.amqp.sections import (
    BODY,
    DELIVERY_ANNOTATIONS,
    HEADER,
    MESSAGE_ANNOTATIONS,
    Section,
    named,
    section,
    sections,
)
from local.eventhubs.amqp.values import Symbol, Timestamp, Value

# The message format that packs encoded messages into the body sections of one (Event Hubs AMQP protocol guide).
BATCH_FORMAT: Final = 0x80013700
_KEY: Final = "x-opt-partition-key"
_SHORT_BINARY: Final = 0xA0


@dataclass(frozen=True, slots=True)
class Sent:
    """`before` is its header, `rest` what follows its annotations: both are passed on without a look inside."""

    key: str | None
    before: bytes
    annotations: Mapping[str, Value]
    rest: bytes


class Event(NamedTuple):
    """`offset` is where the event begins in the partition's bytes, `enqueued` in milliseconds since 1970."""

    sequence: int
    offset: int
    enqueued: int
    message: bytes


def sent_events(message: bytes, message_format: int) -> tuple[Sent, ...]:
    """The events of a message, one or a batch; the key of a batch holds for all of it. Raises Malformed."""
    parts = tuple(sections(message))
    annotations = next((named(message, part) for part in parts if part.code == MESSAGE_ANNOTATIONS), {})
    if message_format != BATCH_FORMAT:
        return (_sent(message, parts, annotations, None),)
    key = _key(annotations)
    return tuple(_packed(_body(message, part), key) for part in parts if part.code == BODY)


def stored(sent: Sent, sequence: int, offset: int, enqueued: int) -> Event:
    """The event with the annotations that the service adds; it is encoded once, however often it is read."""
    own: dict[Value, Value] = {
        Symbol("x-opt-sequence-number"): sequence,
        Symbol("x-opt-offset"): str(offset),
        Symbol("x-opt-enqueued-time"): Timestamp(enqueued),
    }
    if sent.key:
        own[Symbol(_KEY)] = sent.key
    kept: dict[Value, Value] = {Symbol(name): value for name, value in sent.annotations.items() if name not in own}
    return Event(sequence, offset, enqueued, sent.before + section(MESSAGE_ANNOTATIONS, {**kept, **own}) + sent.rest)


def with_last_enqueued(message: bytes, last: Event, now: int) -> bytes:
    """The message with what a reader learns about the end of the partition, if it asked for that."""
    told: dict[Value, Value] = {
        Symbol("last_enqueued_sequence_number"): last.sequence,
        Symbol("last_enqueued_offset"): str(last.offset),
        Symbol("last_enqueued_time_utc"): Timestamp(last.enqueued),
        Symbol("runtime_info_retrieval_time_utc"): Timestamp(now),
    }
    head = next((part.end for part in sections(message) if part.code == HEADER), 0)
    return message[:head] + section(DELIVERY_ANNOTATIONS, told) + message[head:]


def _packed(message: bytes, key: str | None) -> Sent:
    parts = tuple(sections(message))
    annotations = next((named(message, part) for part in parts if part.code == MESSAGE_ANNOTATIONS), {})
    return _sent(message, parts, annotations, key)


def _sent(message: bytes, parts: tuple[Section, ...], annotations: Mapping[str, Value], key: str | None) -> Sent:
    before = b"".join(message[part.start : part.end] for part in parts if part.code == HEADER)
    rest = next((part.start for part in parts if part.code > MESSAGE_ANNOTATIONS), len(message))
    return Sent(key or _key(annotations), before, annotations, message[rest:])


def _key(annotations: Mapping[str, Value]) -> str | None:
    # The service knows keys that are texts only (documentation of send_batch); others are as good as none.
    key = annotations.get(_KEY)
    return str(key) if isinstance(key, str) and key else None


def _body(message: bytes, part: Section) -> bytes:
    """The bytes of a body section, whose binary is short or long."""
    head = 2 if message[part.value_start] == _SHORT_BINARY else 5
    return message[part.value_start + head : part.end]
