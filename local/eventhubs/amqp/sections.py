"""A message as its sections, each still as bytes, so that what is only passed on is never decoded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from local.eventhubs.amqp.decode import Malformed, decode, end
from local.eventhubs.amqp.encode import encode
from local.eventhubs.amqp.values import Described, ULong, Value

HEADER: Final = 0x70
DELIVERY_ANNOTATIONS: Final = 0x71
MESSAGE_ANNOTATIONS: Final = 0x72
PROPERTIES: Final = 0x73
APPLICATION_PROPERTIES: Final = 0x74
BODY: Final = 0x75
BODY_VALUE: Final = 0x77
_FOOTER: Final = 0x78


@dataclass(frozen=True, slots=True)
class Section:
    """`code` is the last byte of its descriptor; `start` is where it begins in the message, `value` its content."""

    code: int
    start: int
    value_start: int
    end: int


def sections(message: bytes) -> Iterator[Section]:
    """Raises Malformed."""
    at = 0
    while at < len(message):
        if message[at]:
            raise Malformed(f"byte {at} of a message begins no section")
        code, value_start = decode(message, at + 1)
        if not isinstance(code, int) or not HEADER <= code <= _FOOTER:
            raise Malformed(f"{code!r} is no section of a message")
        reached = end(message, value_start)
        yield Section(int(code), at, value_start, reached)
        at = reached


def named(message: bytes, section: Section) -> Mapping[str, Value]:
    """A section that is a map, by the text of its keys."""
    value, _ = decode(message, section.value_start)
    if not isinstance(value, Mapping):
        raise Malformed("a section that must be a map is none")
    return {key.decode() if isinstance(key, bytes) else str(key): item for key, item in value.items()}


def section(code: int, value: Value) -> bytes:
    return encode(Described(ULong(code), value))
