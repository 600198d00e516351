"""The whole server as one function from request to answer, whoever carries them."""

import asyncio
import traceback
from collections.abc import Awaitable
from pathlib import Path
from typing import Final
from uuid import uuid4

from local.cosmos import routing, signature
from local.cosmos.account import EMULATOR_KEY, Account
from local.cosmos.catalogue import Catalogue
from local.cosmos.clock import Clock
from local.cosmos.control import control
from local.cosmos.controls import Controls
from local.cosmos.errors import CosmosError
from local.cosmos.faults import Fault, Faults
from local.cosmos.message import DROPPED, Answer, Request, Response
from local.cosmos.meter import Meter
from local.cosmos.offers import Offers
from local.cosmos.operation_names import operation_name
from local.cosmos.refusals import refusal_response
from local.cosmos.results import Results
from local.cosmos.sessions import SessionAheadError
from local.cosmos.store import Store

_ACTIVITY: Final = b"x-ms-activity-id"
_CONTAINER: Final = 3
_PURGED_AT_ONCE: Final = 500
_SESSION_PATIENCE_SECONDS: Final = 0.5


class CosmosServer:
    """Call it with a request; send the answer only after `commit`."""

    def __init__(
        self,
        *,
        key: str = EMULATOR_KEY,
        consistency: str = "BoundedStaleness",
        ranges: int = 4,
        path: Path | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._key = signature.Key(key)
        self.durable = path is not None
        self.store = Store(path)
        self.clock = clock or Clock()
        catalogue = Catalogue(self.store, self.clock)
        offers = Offers(self.store, catalogue)
        self.account = Account(
            consistency=consistency,
            ranges=ranges,
            store=self.store,
            clock=self.clock,
            catalogue=catalogue,
            offers=offers,
            meter=Meter(self.clock, offers),
            faults=Faults(),
            results=Results(),
        )
        self.controls = Controls(self.account)

    def __call__(self, request: Request) -> Answer:
        activity = request.headers.get(_ACTIVITY) or str(uuid4()).encode()
        try:
            answer = self._answer(request)
        except CosmosError as refusal:
            answer = refusal_response(refusal)
        except Exception:  # noqa: BLE001 - the edge of the program: a bug becomes a 500 and a trace, not a lost socket
            answer = _bug()
        return _traced(answer, activity) if isinstance(answer, Response) else _later(answer, activity)

    def _answer(self, request: Request) -> Answer:
        names = routing.segments(request.path)
        if names and names[0] == "_local":
            return control(self.account, request, names[1:])
        signature.check(request, names, key=self._key)
        if self.account.faults.armed:
            container = names[3] if len(names) > _CONTAINER else None
            partition = request.headers.get(b"x-ms-documentdb-partitionkey")
            fault = self.account.faults.pick(operation_name(request, names), container, partition)
            if fault is not None:
                return self._troubled(fault, request, names)
        return self._routed(request, names)

    def _routed(self, request: Request, names: tuple[str, ...]) -> Answer:
        try:
            return routing.route(self.account, request, names)
        except SessionAheadError as ahead:
            return self._once_changed(ahead, request, names)

    async def _once_changed(self, ahead: SessionAheadError, request: Request, names: tuple[str, ...]) -> Response:
        """Tries once more when the container has changed, or when a replica's lag would be over."""
        await ahead.change_within(_SESSION_PATIENCE_SECONDS)
        answer = routing.route(self.account, request, names)
        return answer if isinstance(answer, Response) else await answer

    async def _troubled(self, fault: Fault, request: Request, names: tuple[str, ...]) -> Response:
        await asyncio.sleep(fault.latency_ms / 1000)
        answer: Answer = DROPPED
        if fault.when == "after" or not (fault.status or fault.drop):
            answer = self._routed(request, names)
        if not isinstance(answer, Response):
            answer = await answer
        if fault.drop:
            return DROPPED
        if fault.status:
            raise fault.refusal()
        return answer

    def purge(self) -> None:
        """Removes some of the items whose time to live is over; no reader sees them any more."""
        now = int(self.clock.seconds())
        for container in self.account.catalogue.containers():
            if container.default_ttl is not None:
                self.store.purge(container.number, now, _PURGED_AT_ONCE)

    def commit(self) -> None:
        """Makes every write so far outlive the process, when there is a file."""
        if self.store.dirty:
            self.store.commit()

    def close(self) -> None:
        self.store.close()


async def _later(answer: Awaitable[Response], activity: bytes) -> Response:
    try:
        response = await answer
    except CosmosError as refusal:
        response = refusal_response(refusal)
    except Exception:  # noqa: BLE001 - as above, for an answer that had to wait
        response = _bug()
    return _traced(response, activity)


def _traced(response: Response, activity: bytes) -> Response:
    if response is DROPPED:
        return response
    response.headers += b"x-ms-activity-id: %b\r\n" % activity
    return response


def _bug() -> Response:
    traceback.print_exc()
    return refusal_response(CosmosError(500, "The local server failed; its standard error has the trace."))
