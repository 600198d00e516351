"""One end of a link, and what it needs of the session it is attached in."""

from collections.abc import Callable
from typing import Protocol

from local.eventhubs.amqp.performatives import Flow, Transfer
from local.eventhubs.errors import AmqpError


class Outlet(Protocol):
    """The session, as its links see it."""

    @property
    def has_room(self) -> bool:
        """Whether the peer takes another message now; when it does again, every link is pumped."""

    def deliver(self, handle: int, message: bytes) -> None:
        """Sends a message, settled, in as many frames as it needs."""

    def settle(self, delivery_id: int, refusal: AmqpError | None = None) -> None:
        """Tells the peer that its delivery is accepted, or why it is not."""

    def grant(self, handle: int, *, delivery_count: int, credit: int) -> None:
        """Lets the peer send so many messages more."""

    def detach(self, handle: int, error: AmqpError) -> None:
        """Ends the link from this side."""

    def drop(self) -> None:
        """Cuts the connection, as a failing network does."""

    def stall(self, seconds: float, then: Callable[[], None]) -> None:
        """Goes on after a while; nothing else that comes over this connection is looked at before."""


class Link:
    """What does not concern a link, it ignores."""

    def flow(self, flow: Flow) -> None:
        """The peer has said how much it takes."""

    def transfer(self, transfer: Transfer) -> None:
        """A part of a message has come."""

    def pump(self) -> None:
        """Sends what can be sent now."""

    def close(self) -> None:
        """The link is over, whoever ended it."""
