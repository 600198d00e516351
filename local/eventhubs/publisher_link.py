"""A link over which a client sends events: to a hub, or to one of its partitions."""

from collections.abc import Callable
from functools import partial
from typing import Final, override

from local.eventhubs.amqp.decode import Malformed
from local.eventhubs.amqp.performatives import Transfer
from local.eventhubs.errors import DECODE_ERROR, TOO_LARGE, AmqpError
from local.eventhubs.event import sent_events
from local.eventhubs.faults import Fault, Faults
from local.eventhubs.hub import Hub
from local.eventhubs.link import Link, Outlet
from local.eventhubs.namespace import Namespace
from local.eventhubs.partition import Partition

# The service's limit for a message, a batch included (documentation, "Event Hubs quotas and limits").
LARGEST_MESSAGE: Final = 1024 * 1024
CREDIT: Final = 1000


class PublisherLink(Link):
    """Messages are stored in the order of their last frames."""

    def __init__(
        self, handle: int, outlet: Outlet, hub: Hub, partition: Partition | None, *, space: Namespace, faults: Faults
    ) -> None:
        self._handle = handle
        self._outlet = outlet
        self._hub = hub
        self._partition = partition
        self._space = space
        self._faults = faults
        self._first: Transfer | None = None
        self._parts: list[bytes] = []
        self._size = 0
        self._received = 0
        self._credit = 0

    def grant(self) -> None:
        self._credit = CREDIT
        self._outlet.grant(self._handle, delivery_count=self._received, credit=CREDIT)

    @override
    def transfer(self, transfer: Transfer) -> None:
        first = self._first = self._first or transfer
        self._size += len(transfer.payload)
        # What is too large is only counted, not kept.
        if self._size <= LARGEST_MESSAGE:
            self._parts.append(transfer.payload)
        if transfer.more and not transfer.aborted:
            return
        message, size = b"".join(self._parts), self._size
        self._first, self._parts, self._size = None, [], 0
        self._received += 1
        self._credit -= 1
        if not transfer.aborted:
            self._take(first, message, size)
        if self._credit < CREDIT // 2:
            self.grant()

    def _take(self, first: Transfer, message: bytes, size: int) -> None:
        store = partial(self._store, first, message, size)
        answer = partial(self._answer, first)
        fault = self._faults.pick("send", self._hub.shape.name, self._partition.id if self._partition else "")
        match fault:
            case None:
                answer(store())
            case Fault(act="delay"):
                self._outlet.stall(fault.seconds, lambda: answer(store()))
            case _:
                self._suffer(fault, store, answer)

    def _suffer(
        self, fault: Fault, store: Callable[[], AmqpError | None], answer: Callable[[AmqpError | None], None]
    ) -> None:
        if fault.when == "after":
            store()
        match fault.act:
            case "drop":
                self._outlet.drop()
            case "detach":
                self._outlet.detach(self._handle, fault.error)
            case _:
                answer(fault.error)

    def _store(self, first: Transfer, message: bytes, size: int) -> AmqpError | None:
        """Why it was not stored, or None."""
        if size > LARGEST_MESSAGE:
            return AmqpError(
                TOO_LARGE,
                f"The received message (delivery-id:{first.delivery_id}, size:{size} bytes) exceeds the limit "
                f"({LARGEST_MESSAGE} bytes) currently allowed on the link.",
            )
        try:
            sent = sent_events(message, first.message_format)
        except Malformed as problem:
            return AmqpError(DECODE_ERROR, str(problem))
        self._space.publish(self._hub, sent, partition=self._partition)
        return None

    def _answer(self, first: Transfer, refusal: AmqpError | None) -> None:
        if not first.settled and first.delivery_id is not None:
            self._outlet.settle(first.delivery_id, refusal)
