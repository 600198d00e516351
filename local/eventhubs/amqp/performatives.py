"""Performatives that arrive at a server: what of each it needs to know."""

from collections.abc import Mapping
from dataclasses import dataclass

from local.eventhubs.amqp.values import Described, Value


@dataclass(frozen=True, slots=True)
class Open:
    """`idle_timeout` in milliseconds, 0 for none: the peer leaves when it hears nothing for so long."""

    container_id: str
    max_frame_size: int
    idle_timeout: int


@dataclass(frozen=True, slots=True)
class Begin:
    next_outgoing_id: int
    incoming_window: int


@dataclass(frozen=True, slots=True)
class Attach:
    """`is_receiver` tells that the peer receives; terminus fields are by position, as AMQP has them."""

    name: str
    handle: int
    is_receiver: bool
    sender_settles: Value
    receiver_settles: Value
    source: Value
    target: Value
    capabilities: tuple[str, ...]
    properties: Mapping[str, Value]

    @property
    def address(self) -> str:
        """The node at the other end of the peer's link."""
        terminus = listed(self.source if self.is_receiver else self.target)
        return terminus[0] if terminus and isinstance(terminus[0], str) else ""

    @property
    def filters(self) -> Mapping[str, Value]:
        """The filters of the source, without their descriptors."""
        source = listed(self.source)
        given = source[7] if len(source) > 7 else None  # noqa: PLR2004 - the eighth field of a source
        return {
            name: value.value if isinstance(value, Described) else value for name, value in named_values(given).items()
        }


@dataclass(frozen=True, slots=True)
class Flow:
    """`handle` None speaks of the session alone; `next_incoming_id` None means that nothing has arrived there yet."""

    next_incoming_id: int | None
    incoming_window: int
    handle: int | None
    delivery_count: int
    credit: int
    drain: bool
    echo: bool


@dataclass(frozen=True, slots=True)
class Transfer:
    """A message, or its first, next or last part; only the first part needs `delivery_id` and `message_format`."""

    handle: int
    delivery_id: int | None
    message_format: int
    settled: bool
    more: bool
    aborted: bool
    payload: bytes


@dataclass(frozen=True, slots=True)
class Detach:
    handle: int
    closed: bool


@dataclass(frozen=True, slots=True)
class Disposition:
    """What the peer thinks of deliveries; those of this server are settled when they are sent."""


@dataclass(frozen=True, slots=True)
class End:
    """The session is over."""


@dataclass(frozen=True, slots=True)
class Close:
    """The connection is over."""


@dataclass(frozen=True, slots=True)
class SaslInit:
    """The peer has chosen how to say who it is."""


type Performative = Open | Begin | Attach | Flow | Transfer | Disposition | Detach | End | Close | SaslInit


def listed(terminus: Value) -> tuple[Value, ...]:
    value = terminus.value if isinstance(terminus, Described) else terminus
    return value if isinstance(value, tuple) else ()


def named_values(value: Value) -> Mapping[str, Value]:
    """A map by name; .NET writes its keys as symbols, others as strings or bytes."""
    if not isinstance(value, Mapping):
        return {}
    return {key.decode() if isinstance(key, bytes) else str(key): item for key, item in value.items()}
