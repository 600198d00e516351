"""The endpoint: one namespace and the connections to it."""

import asyncio
from pathlib import Path
from typing import Final
from uuid import uuid4

from local.cosmos.clock import Clock
from local.eventhubs.amqp.performatives import Attach
from local.eventhubs.attaching import Attaching
from local.eventhubs.connection import Connection
from local.eventhubs.errors import FORCED, AmqpError
from local.eventhubs.faults import Fault, Faults
from local.eventhubs.hub_shape import HubShape
from local.eventhubs.namespace import Namespace
from local.eventhubs.readers import Readers
from local.eventhubs.session import Session

BACKLOG: Final = 1024


class Endpoint:
    """Raises ValueError when the file cannot be used."""

    def __init__(self, shapes: tuple[HubShape, ...], *, file: Path | None = None) -> None:
        self.name = f"orderflow-{uuid4().hex[:8]}"
        self.space = Namespace(shapes, clock=Clock(), file=file)
        self.faults = Faults()
        self._attaching = Attaching(self.space, Readers(), self.faults)
        self._connections: set[Connection] = set()

    async def listen(self, host: str, port: int) -> asyncio.Server:
        """Port 0 takes a free one."""
        return await asyncio.get_running_loop().create_server(lambda: Connection(self), host, port, backlog=BACKLOG)

    def joined(self, connection: Connection) -> None:
        self._connections.add(connection)

    def left(self, connection: Connection) -> None:
        self._connections.discard(connection)

    def opening(self, connection: Connection) -> None:
        fault = self.faults.pick("connect")
        match fault:
            case None:
                connection.accept()
            case Fault(act="drop"):
                connection.drop()
            case Fault(act="delay"):
                connection.stall(fault.seconds, connection.accept)
            case _:
                connection.refuse(fault.error)

    def attach(self, session: Session, asked: Attach) -> None:
        self._attaching.attach(session, asked)

    def drop_all(self) -> int:
        """Cuts every connection; the number of them."""
        connections = tuple(self._connections)
        for connection in connections:
            connection.drop()
        return len(connections)

    def close(self) -> None:
        for connection in tuple(self._connections):
            connection.close(AmqpError(FORCED, "The endpoint is stopping."))
        self.space.close()
