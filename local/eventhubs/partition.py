"""A partition: events in the order they came, numbered without gaps, forgotten when their time is over."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter

from local.eventhubs.errors import argument_error
from local.eventhubs.event import Event, Sent, stored
from local.eventhubs.position import Position


class Partition:
    """`now` gives milliseconds since 1970. Whoever waits for events is called after every append."""

    def __init__(self, number: int, *, retention: int, now: Callable[[], int]) -> None:
        self.id = str(number)
        self._retention = retention
        self._now = now
        self._events: list[Event] = []
        self._next_sequence = 0
        self._next_offset = 0
        self._last_enqueued = 0
        self.waiting: set[Callable[[], None]] = set()

    @property
    def next_sequence(self) -> int:
        return self._next_sequence

    @property
    def first_sequence(self) -> int:
        """The oldest event that is still there; the next to come when there is none."""
        self.forget()
        return self._next_sequence - len(self._events)

    @property
    def last(self) -> Event | None:
        """The event that came last, forgotten or not: without its message it still says where the partition ends."""
        if not self._next_sequence:
            return None
        if self._events:
            return self._events[-1]
        return Event(self._next_sequence - 1, self._next_offset - 1, self._last_enqueued, b"")

    @property
    def is_empty(self) -> bool:
        self.forget()
        return not self._events

    def prepared(self, sent: Iterable[Sent]) -> Sequence[Event]:
        """The events as they would be appended now; nothing has changed yet."""
        # Time never goes back within a partition, whatever the clock does.
        enqueued = max(self._now(), self._last_enqueued)
        sequence, offset, events = self._next_sequence, self._next_offset, []
        for one in sent:
            events.append(stored(one, sequence, offset, enqueued))
            sequence, offset = sequence + 1, offset + len(events[-1].message)
        return events

    def append(self, events: Sequence[Event]) -> None:
        """Adds prepared events, or those that a log file has kept; the next one begins where the last one ends."""
        for event in events:
            self._next_sequence, self._next_offset = event.sequence + 1, event.offset + max(1, len(event.message))
            self._last_enqueued = event.enqueued
        self._events.extend(event for event in events if event.message)
        self.forget()

    def wake(self) -> None:
        for pump in tuple(self.waiting):
            pump()

    def events(self) -> Sequence[Event]:
        self.forget()
        return tuple(self._events)

    def event(self, sequence: int) -> Event | None:
        """The event of that number, or the oldest one after it; None where there is none yet."""
        place = max(0, sequence - (self._next_sequence - len(self._events)))
        return self._events[place] if place < len(self._events) else None

    def start(self, position: Position) -> int:
        """The number of the first event to read. Raises AmqpError for a place that the partition has not reached."""
        self.forget()
        if position.value is None:
            return self._next_sequence
        if position.field != "enqueued":
            _check(position, getattr(self.last, position.field, -1))
        find = bisect_left if position.is_inclusive else bisect_right
        found = find(self._events, position.value, key=attrgetter(position.field))
        return self._next_sequence - len(self._events) + found

    def forget(self) -> None:
        oldest = self._now() - self._retention
        if self._events and self._events[0].enqueued < oldest:
            del self._events[: bisect_left(self._events, oldest, key=attrgetter("enqueued"))]


def _check(position: Position, last: int) -> None:
    # Seen on the wire: nicolgit/azure-firewall-mon#21.
    if position.value is not None and position.value > last:
        name = "offset" if position.field == "offset" else "sequence number"
        raise argument_error(
            f"The supplied {name} '{position.value}' is invalid. The last {name} in the system is '{last}'"
        )
