"""Items to values and back. The envelope is read first, so that a bad body still tells whose it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from shared.kernel import Poison, Recorded, Unreadable, Versions
from shared.kernel.values import from_text, to_text
from shared.pipeline.naming import flatten_money, restore_money
from shared.pipeline.spelling import Renamed, Spelling, places
from shared.ports import Item

SCHEMA_VERSION = 1

# A hundred events of this size stay below the 4 MB above which a batch never reaches the worker.
MAX_EVENT_BYTES = 30 * 1024

type Received[E] = Recorded[E | Unreadable]

# The .NET host re-formats times on their way through the feed, so each reading starts from the text again.
Moment = Annotated[datetime, BeforeValidator(lambda text: from_text(text) if isinstance(text, str) else text)]


# Longer names would not fit into the partition keys that are made of them.
Name = Annotated[str, Field(min_length=1, max_length=255)]
Number = Annotated[int, Field(ge=1)]


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose event it is. With this much an event can be parked in its place, whatever else cannot be read."""

    orderId: Name  # noqa: N815 - the stored names
    customerId: Name  # noqa: N815
    sequence: Number


@dataclass(frozen=True, slots=True)
class Envelope(Identity):
    """What every version of every event has."""

    type: str
    schemaVersion: int  # noqa: N815
    at: Moment
    causationId: str = ""  # noqa: N815
    correlationId: str = ""  # noqa: N815
    traceparent: str = ""


_TEXT = TypeAdapter(str)
_NAME = TypeAdapter(Name)
# Where the fields of a Recorded are, but for its body.
_STORED: Mapping[str, tuple[str, TypeAdapter[Any]]] = {
    "stream": ("orderId", _NAME),
    "customer_id": ("customerId", _NAME),
    "sequence": ("sequence", TypeAdapter(Number)),
    "at": ("at", TypeAdapter(Moment)),
    "causation_id": ("causationId", _TEXT),
    "correlation_id": ("correlationId", _TEXT),
    "traceparent": ("traceparent", _TEXT),
}
_IDENTITY = TypeAdapter(Identity)
_ENVELOPE = TypeAdapter(Envelope)
_ALL_FIRST = Versions()
_NONE = (0, None)
_UNKNOWN_TIME = datetime.min.replace(tzinfo=UTC)


def event_id(sequence: int) -> str:
    return f"{sequence:06d}"


def is_event(item: Item) -> bool:
    """An order's partition also holds its private item; only events are numbered."""
    return str(item.get("id", "")).isdigit()


class EventCodec[E]:
    """Reads and writes the events of one aggregate, given their types; what is older is lifted as it is read."""

    def __init__(self, *types: type[E], versions: Versions = _ALL_FIRST) -> None:
        self._bodies: dict[str, Spelling[E]] = {kind.__name__: Spelling(kind) for kind in types}
        self._versions = versions
        self._current = {
            name: (versions.current(name), Renamed(Recorded, {**_STORED, "body": ("data", body)}))
            for name, body in self._bodies.items()
        }

    def encode(self, event: Recorded[E]) -> dict[str, object]:
        """Raises Poison `too_large` above MAX_EVENT_BYTES."""
        item = self._item(event)
        if (size := len(orjson.dumps(item))) > MAX_EVENT_BYTES:
            raise Poison("too_large", f"{item['type']} of {event.stream} has {size} bytes, over {MAX_EVENT_BYTES}")
        return item

    def _item(self, event: Recorded[E]) -> dict[str, object]:
        kind = type(event.body).__name__
        return {
            "id": event_id(event.sequence),
            "orderId": event.stream,
            "customerId": event.customer_id,
            "type": kind,
            "schemaVersion": self._versions.current(kind),
            "sequence": event.sequence,
            "at": to_text(event.at),
            "data": self._bodies[kind].write_json(event.body),
            "causationId": event.causation_id,
            "correlationId": event.correlation_id,
            "traceparent": event.traceparent,
        }

    def decode(self, item: Item) -> Received[E]:
        """Raises Poison when not even the event's identity can be read."""
        kind = item.get("type")
        version, whole = self._current.get(kind, _NONE) if isinstance(kind, str) else _NONE
        if whole and item.get("schemaVersion") == version:
            try:
                return whole.read(item)
            except ValidationError:
                # Part by part it shows what of it can be read.
                return self.by_parts(item)
        return self.by_parts(item)

    def by_parts(self, item: Item) -> Received[E]:
        """As `decode`, in more steps: the envelope for itself, then the body, lifted from the version it is of."""
        try:
            envelope: Envelope = _ENVELOPE.validator.validate_python(item)
        except ValidationError as error:
            return _unreadable(item, error)
        return Recorded(
            body=self._body(envelope, item.get("data")),
            stream=envelope.orderId,
            customer_id=envelope.customerId,
            sequence=envelope.sequence,
            at=envelope.at,
            causation_id=envelope.causationId,
            correlation_id=envelope.correlationId,
            traceparent=envelope.traceparent,
        )

    def history(self, items: Sequence[Item]) -> tuple[Recorded[E], ...]:
        """Decode a whole stream for deciding on it. Raises Poison at the first event that cannot be read."""
        return tuple(readable(self.decode(item)) for item in items)

    def _body(self, envelope: Envelope, data: object) -> E | Unreadable:
        kind, version = envelope.type, envelope.schemaVersion
        if kind not in self._bodies:
            # Written by a version of this app that has it, or had it: as unknown as a version of a known one.
            return Unreadable("unknown_version", f"no event is called {kind!r}")
        if not self._versions.knows(kind, version):
            return Unreadable("unknown_version", f"{kind} in version {version}")
        try:
            return self._bodies[kind].read(self._lifted(kind, version, data))
        except ValidationError as error:
            return Unreadable("unreadable", f"{kind}: {places(error)}")
        except Poison as poison:
            return Unreadable(poison.reason, str(poison))

    def _lifted(self, kind: str, version: int, data: object) -> object:
        """In the present shape. Raises Poison when a step cannot lift what was stored."""
        if version == self._versions.current(kind) or not isinstance(data, Mapping):
            return data
        try:
            return self._versions.lifted(kind, version, data)
        except Exception as bug:
            raise Poison("handler_failed", f"{kind} in version {version} raised {type(bug).__name__}") from bug


class RowCodec[V]:
    """Reads and writes the rows of one view in the shape the API answers."""

    def __init__(self, row: type[V]) -> None:
        self._kind = row.__name__
        self._row = Spelling(row)

    def encode(self, row: V | None) -> dict[str, object]:
        stamp: dict[str, object] = {"type": self._kind, "schemaVersion": SCHEMA_VERSION}
        if row is None:
            return stamp
        return flatten_money(self._row.write(row)) | stamp

    def decode(self, item: Item) -> V | None:
        """None for a row without a body. Raises Poison when the stored row cannot be read."""
        if item.get("body") is False:
            return None
        try:
            return self._row.read(restore_money(item))
        except ValidationError as error:
            raise Poison("unreadable_row", f"{self._kind}: {places(error)}") from None


class Shape[T]:
    """Reads a frozen dataclass out of an item whose properties have its fields' names, in camelCase."""

    def __init__(self, kind: type[T]) -> None:
        self._kind = Spelling(kind)

    def read(self, item: Item) -> T:
        """Raises Poison when a property is missing or of another type."""
        try:
            return self._kind.read(item)
        except ValidationError as error:
            raise Poison("unreadable_row", places(error)) from None


def readable[E](event: Received[E]) -> Recorded[E]:
    """The event with a body that was read. Raises its Poison otherwise."""
    if isinstance(event.body, Unreadable):
        raise event.body.poison()
    return event  # type: ignore[return-value]  # mypy does not narrow a type parameter by a field


def _unreadable(item: Item, why: ValidationError) -> Recorded[Unreadable]:
    """An event whose identity can be read, if nothing else. Raises Poison when not even that can."""
    try:
        identity = _IDENTITY.validate_python(item)
    except ValidationError as error:
        raise Poison("unreadable_envelope", places(error)) from None
    unreadable = Unreadable("unreadable", places(why))
    return Recorded(unreadable, identity.orderId, identity.customerId, identity.sequence, _UNKNOWN_TIME)
