"""A link over which a client reads one partition, as fast as it gives credit."""

import asyncio
from typing import override

from local.eventhubs.amqp.performatives import Flow
from local.eventhubs.errors import AmqpError
from local.eventhubs.event import Event, with_last_enqueued
from local.eventhubs.faults import Fault, Faults
from local.eventhubs.link import Link, Outlet
from local.eventhubs.namespace import Namespace
from local.eventhubs.partition import Partition
from local.eventhubs.readers import Readers, Seat


class ReaderLink(Link):
    """`tells_last` adds to each event what is known about the end of the partition."""

    def __init__(
        self,
        handle: int,
        outlet: Outlet,
        partition: Partition,
        *,
        start: int,
        epoch: int | None,
        seat: Seat,
        readers: Readers,
        space: Namespace,
        faults: Faults,
        tells_last: bool,
    ) -> None:
        self.epoch = epoch
        self._handle = handle
        self._outlet = outlet
        self._partition = partition
        self._next = start
        self._seat = seat
        self._readers = readers
        self._space = space
        self._faults = faults
        self._tells_last = tells_last
        self._credit = 0
        self._sent = 0
        self._is_held = False
        self._is_spared = False
        readers.seat(seat, self)
        partition.waiting.add(self.pump)

    @override
    def flow(self, flow: Flow) -> None:
        self._credit = flow.delivery_count + flow.credit - self._sent
        self.pump()
        if flow.drain:
            # What could not be sent counts as sent, and so nothing is left (AMQP 2.6.7).
            self._sent, self._credit = self._sent + self._credit, 0
            self._outlet.grant(self._handle, delivery_count=self._sent, credit=0)

    @override
    def pump(self) -> None:
        while self._credit > 0 and self._outlet.has_room and not self._is_held:
            event = self._partition.event(self._next)
            if event is None:
                return
            fault = self._trouble()
            if fault is not None and fault.act != "duplicate":
                self._suffer(fault)
                return
            self._next = event.sequence if fault else event.sequence + 1
            self._credit -= 1
            self._sent += 1
            self._outlet.deliver(self._handle, self._message(event))

    @override
    def close(self) -> None:
        self._credit = 0
        self._partition.waiting.discard(self.pump)
        self._readers.leave(self._seat, self)

    def steal(self, error: AmqpError) -> None:
        self._outlet.detach(self._handle, error)

    def _message(self, event: Event) -> bytes:
        last = self._partition.last
        if not self._tells_last or last is None:
            return event.message
        return with_last_enqueued(event.message, last, self._space.now())

    def _trouble(self) -> Fault | None:
        if self._is_spared:
            self._is_spared = False
            return None
        fault = self._faults.pick("receive", self._seat.hub, self._seat.partition)
        # What was held back goes next, and so does what is sent again: once is enough.
        self._is_spared = fault is not None and fault.act in {"delay", "duplicate"}
        return fault

    def _suffer(self, fault: Fault) -> None:
        match fault.act:
            case "delay":
                self._hold(fault.seconds)
            case "detach":
                self._outlet.detach(self._handle, fault.error)
            case _:
                self._outlet.drop()

    def _hold(self, seconds: float) -> None:
        self._is_held = True
        asyncio.get_running_loop().call_later(seconds, self._release)

    def _release(self) -> None:
        self._is_held = False
        self.pump()
