"""One client's connection: headers, SASL, and then frames for its sessions."""

import asyncio
from collections.abc import Callable
from typing import Final, Protocol, assert_never, cast

from local.eventhubs.amqp import outgoing
from local.eventhubs.amqp.decode import Malformed
from local.eventhubs.amqp.frames import (
    AMQP_HEADER,
    HEADER_SIZE,
    HEARTBEAT,
    SASL,
    SASL_HEADER,
    Frame,
    first_frame,
)
from local.eventhubs.amqp.incoming import performative
from local.eventhubs.amqp.performatives import (
    Attach,
    Begin,
    Close,
    Detach,
    Disposition,
    End,
    Flow,
    Open,
    Performative,
    SaslInit,
    Transfer,
)
from local.eventhubs.errors import DECODE_ERROR, AmqpError
from local.eventhubs.session import Session

# The service's own (seen on the wire: Azure/azure-sdk-for-python#5316).
LARGEST_FRAME: Final = 65_536
CHANNEL_MAX: Final = 4999
IDLE_TIMEOUT: Final = 240_000
# A peer is told at least so often within its time that somebody is here.
_BEATS_PER_TIMEOUT: Final = 3


class Container(Protocol):
    """The endpoint, as its connections see it; AMQP calls it a container."""

    @property
    def name(self) -> str: ...

    def joined(self, connection: "Connection") -> None: ...

    def left(self, connection: "Connection") -> None: ...

    def opening(self, connection: "Connection") -> None:
        """The peer wants in: accept or refuse it."""

    def attach(self, session: Session, asked: Attach) -> None: ...


class Connection(asyncio.Protocol):
    """Frames are handled one after the other, each to its end."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._received = bytearray()
        self._expects_header = True
        self._is_stalled = False
        self._sessions: dict[int, Session] = {}
        self._beating: asyncio.TimerHandle | None = None
        self.is_congested = False
        self.largest_frame = 512

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._container.joined(self)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        if self._beating is not None:
            self._beating.cancel()
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()
        self._container.left(self)

    def pause_writing(self) -> None:
        self.is_congested = True

    def resume_writing(self) -> None:
        self.is_congested = False
        for session in tuple(self._sessions.values()):
            session.pump()

    def data_received(self, data: bytes) -> None:
        self._received += data
        self._proceed()

    def write(self, frames: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(frames)

    def drop(self) -> None:
        self._transport.abort()

    def close(self, error: AmqpError | None = None) -> None:
        """Says goodbye and hangs up."""
        self.write(outgoing.closed((error.condition, error.description) if error else None))
        self._transport.close()

    def accept(self) -> None:
        self.write(
            outgoing.opened(
                self._container.name, max_frame_size=LARGEST_FRAME, channel_max=CHANNEL_MAX, idle_timeout=IDLE_TIMEOUT
            )
        )

    def refuse(self, error: AmqpError) -> None:
        # A close may not come before an open (AMQP 2.4.1).
        self.accept()
        self.close(error)

    def stall(self, seconds: float, then: Callable[[], None]) -> None:
        self._is_stalled = True
        self._transport.pause_reading()
        asyncio.get_running_loop().call_later(seconds, self._go_on, then)

    def _go_on(self, then: Callable[[], None]) -> None:
        self._is_stalled = False
        if self._transport.is_closing():
            return
        then()
        if not self._is_stalled:
            self._transport.resume_reading()
            self._proceed()

    def _proceed(self) -> None:
        try:
            done = 0
            while not self._is_stalled and (reached := self._step(done)) is not None:
                done = reached
            del self._received[:done]
        except Malformed as problem:
            self._received.clear()
            self.close(AmqpError(DECODE_ERROR, str(problem)))

    def _step(self, at: int) -> int | None:
        """Where the header or frame that begins `at` ends; None while it has not come."""
        if self._expects_header:
            return self._header(at)
        found = first_frame(self._received, at, LARGEST_FRAME)
        if found is None or self._transport.is_closing():
            return None
        frame, reached = found
        if frame.body:
            self._handle(frame, performative(frame.body))
        return reached

    def _header(self, at: int) -> int | None:
        header = bytes(self._received[at : at + HEADER_SIZE])
        if len(header) < HEADER_SIZE:
            return None
        self._expects_header = False
        if header == SASL_HEADER:
            self.write(SASL_HEADER + outgoing.sasl_mechanisms())
        else:
            # Also the answer to a header that is not understood, before hanging up (AMQP 2.2).
            self.write(AMQP_HEADER)
            if header != AMQP_HEADER:
                self._transport.close()
        return at + HEADER_SIZE

    def _handle(self, frame: Frame, received: Performative) -> None:
        match received:
            case SaslInit():
                if frame.kind != SASL:
                    raise Malformed("SASL in a frame that is not of that kind")
                self.write(outgoing.sasl_outcome())
                self._expects_header = True
            case Open():
                self._open(received)
            case Begin():
                self._sessions[frame.channel] = Session(frame.channel, received, self)
            case Close():
                self.close()
            case Attach() | Flow() | Transfer() | Disposition() | Detach() | End():
                # The Python SDK detaches links of a session after it has ended it.
                if frame.channel in self._sessions:
                    self._within(self._sessions[frame.channel], frame.channel, received)
            case _:
                assert_never(received)

    def _open(self, opened: Open) -> None:
        self.largest_frame = min(max(opened.max_frame_size, 512), LARGEST_FRAME)
        if opened.idle_timeout:
            self._beat(opened.idle_timeout / 1000 / _BEATS_PER_TIMEOUT)
        self._container.opening(self)

    def _within(
        self, session: Session, channel: int, received: Attach | Flow | Transfer | Disposition | Detach | End
    ) -> None:
        match received:
            case Transfer():
                session.transfer(received)
            case Flow():
                session.flow(received)
            case Disposition():
                pass
            case Attach():
                self._container.attach(session, received)
            case Detach(handle, is_closed):
                session.detach(handle, is_closed=is_closed)
            case End():
                session.close()
                del self._sessions[channel]
                self.write(outgoing.ended(channel))
            case _:
                assert_never(received)

    def _beat(self, every: float) -> None:
        self.write(HEARTBEAT)
        self._beating = asyncio.get_running_loop().call_later(every, self._beat, every)
