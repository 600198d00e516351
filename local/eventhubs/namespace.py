"""A namespace: its hubs by name, and the one way in which events get into them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from local.cosmos.clock import Clock
from local.eventhubs.errors import not_found
from local.eventhubs.event import Event, Sent
from local.eventhubs.hub import Hub
from local.eventhubs.hub_shape import HubShape
from local.eventhubs.log_file import Entry, LogFile
from local.eventhubs.partition import Partition


class Namespace:
    """In memory, which holds everything within retention, and in a file if there is one."""

    def __init__(self, shapes: Sequence[HubShape], *, clock: Clock, file: Path | None = None) -> None:
        """Raises ValueError for a file that is no event log, or one with events of a hub that is not among `shapes`."""
        self.clock = clock
        self.hubs = {shape.name.lower(): Hub(shape, now=self.now) for shape in shapes}
        self._log: LogFile | None = None
        if file is not None:
            self._log, entries = LogFile.opened(file)
            self._restore(file, entries)

    def now(self) -> int:
        """Milliseconds since 1970."""
        return int(self.clock.seconds() * 1000)

    def hub(self, name: str) -> Hub:
        """Raises AmqpError for a hub that does not exist."""
        if name.lower() not in self.hubs:
            raise not_found(name)
        return self.hubs[name.lower()]

    def publish(self, hub: Hub, sent: Sequence[Sent], *, partition: Partition | None = None) -> None:
        """All of it to one partition, or nothing: the one named, else the one of the first key, else the next."""
        if not sent:
            return
        chosen = partition or hub.choose(sent[0].key)
        events = chosen.prepared(sent)
        if self._log is not None:
            self._log.append((hub.shape.name, chosen.id, event) for event in events)
        chosen.append(events)
        chosen.wake()

    def close(self) -> None:
        if self._log is not None:
            self._log.close()

    def _restore(self, file: Path, entries: Sequence[Entry]) -> None:
        for hub, name, event in entries:
            if hub.lower() not in self.hubs or int(name) >= len(self.hubs[hub.lower()].partitions):
                raise ValueError(f"{file} holds events of {hub}/{name}, which is not declared: use another file")
            self.hubs[hub.lower()].partitions[int(name)].append((event,))
        kept = tuple(self._kept())
        if len(kept) < len(entries) and self._log is not None:
            self._log.replace(kept)

    def _kept(self) -> Iterator[Entry]:
        for hub in self.hubs.values():
            for partition in hub.partitions:
                last = partition.last
                events: Sequence[Event] = partition.events() or ((last,) if last else ())
                for event in events:
                    yield hub.shape.name, partition.id, event
