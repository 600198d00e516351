"""A session: the links of one channel, and how many frames each side may still send in it."""

from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from local.eventhubs.amqp import outgoing
from local.eventhubs.amqp.performatives import Attach, Begin, Flow, Transfer
from local.eventhubs.errors import AmqpError
from local.eventhubs.link import Link

# The service's own (seen on the wire: Azure/azure-sdk-for-python#5316).
WINDOW: Final = 5000
HANDLE_MAX: Final = 255


class Wire(Protocol):
    """The connection, as its sessions see it."""

    @property
    def largest_frame(self) -> int: ...

    @property
    def is_congested(self) -> bool: ...

    def write(self, frames: bytes) -> None: ...

    def drop(self) -> None: ...

    def stall(self, seconds: float, then: Callable[[], None]) -> None: ...


class Session:
    """Handles of both sides are the same: this side takes over the peer's."""

    def __init__(self, channel: int, begin: Begin, wire: Wire) -> None:
        self.links: dict[int, Link] = {}
        self._channel = channel
        self._wire = wire
        self._next_incoming = begin.next_outgoing_id
        self._accepts = WINDOW
        self._next_outgoing = 0
        self._next_delivery = 0
        self._peer_accepts = begin.incoming_window
        self._held_back: deque[bytes] = deque()
        wire.write(outgoing.begun(channel, next_outgoing_id=0, window=WINDOW, handle_max=HANDLE_MAX))

    @property
    def has_room(self) -> bool:
        return not self._held_back and self._peer_accepts > 0 and not self._wire.is_congested

    def deliver(self, handle: int, message: bytes) -> None:
        frames = outgoing.transfers(
            self._channel, handle, self._next_delivery, message, largest=self._wire.largest_frame
        )
        self._next_delivery += 1
        self._held_back.extend(frames)
        self._send_held_back()

    def settle(self, delivery_id: int, refusal: AmqpError | None = None) -> None:
        state = outgoing.rejected(refusal.condition, refusal.description) if refusal else outgoing.ACCEPTED
        self._wire.write(outgoing.settled(self._channel, delivery_id, state))

    def grant(self, handle: int, *, delivery_count: int, credit: int) -> None:
        self._tell(handle=handle, delivery_count=delivery_count, credit=credit)

    def detach(self, handle: int, error: AmqpError | None = None, *, is_closed: bool = True) -> None:
        """Ends a link; with an error it is this side that wants it."""
        link = self.links.pop(handle, None)
        if link is None:
            return
        link.close()
        reason = (error.condition, error.description) if error else None
        self._wire.write(outgoing.detached(self._channel, handle, closed=is_closed, error=reason))

    def drop(self) -> None:
        self._wire.drop()

    def stall(self, seconds: float, then: Callable[[], None]) -> None:
        self._wire.stall(seconds, then)

    def refuse(self, asked: Attach, error: AmqpError) -> None:
        self._wire.write(outgoing.refused(self._channel, asked, error.condition, error.description))

    def accept(self, asked: Attach, link: Link, *, largest_message: int, capabilities: tuple[str, ...] = ()) -> None:
        self.links[asked.handle] = link
        self._wire.write(
            outgoing.attached(self._channel, asked, max_message_size=largest_message, capabilities=capabilities)
        )

    def flow(self, flow: Flow) -> None:
        arrived = 0 if flow.next_incoming_id is None else flow.next_incoming_id
        self._peer_accepts = arrived + flow.incoming_window - self._next_outgoing
        self._send_held_back()
        if flow.handle is None:
            self.pump()
        elif flow.handle in self.links:
            self.links[flow.handle].flow(flow)
        if flow.echo:
            self._tell()

    def transfer(self, transfer: Transfer) -> None:
        """What comes over a link that this side has just ended is forgotten."""
        self._next_incoming += 1
        self._accepts -= 1
        link = self.links.get(transfer.handle)
        if link is not None:
            link.transfer(transfer)
        if self._accepts < WINDOW // 2:
            self._accepts = WINDOW
            self._tell()

    def pump(self) -> None:
        self._send_held_back()
        for link in tuple(self.links.values()):
            link.pump()

    def close(self) -> None:
        for link in self.links.values():
            link.close()
        self.links.clear()

    def _send_held_back(self) -> None:
        sent = []
        while self._held_back and self._peer_accepts > 0:
            sent.append(self._held_back.popleft())
            self._peer_accepts -= 1
            self._next_outgoing += 1
        if sent:
            self._wire.write(b"".join(sent))

    def _tell(self, *, handle: int | None = None, delivery_count: int = 0, credit: int = 0) -> None:
        self._wire.write(
            outgoing.flow(
                self._channel,
                next_incoming_id=self._next_incoming,
                window=self._accepts,
                next_outgoing_id=self._next_outgoing,
                handle=handle,
                delivery_count=delivery_count,
                credit=credit,
            )
        )
