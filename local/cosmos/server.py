"""The whole server as one function from request to answer, whoever carries them."""

import traceback
from collections.abc import Awaitable
from pathlib import Path
from uuid import uuid4

from local.cosmos import routing, signature
from local.cosmos.account import EMULATOR_KEY, Account
from local.cosmos.catalogue import Catalogue
from local.cosmos.clock import Clock
from local.cosmos.control import control
from local.cosmos.errors import CosmosError
from local.cosmos.message import Answer, Request, Response
from local.cosmos.refusals import refusal_response
from local.cosmos.store import Store

_ACTIVITY = b"x-ms-activity-id"


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
        self._secret = signature.decode_key(key)
        self.store = Store(path)
        self.clock = clock or Clock()
        self.account = Account(
            key=key,
            consistency=consistency,
            ranges=ranges,
            store=self.store,
            clock=self.clock,
            catalogue=Catalogue(self.store, self.clock),
        )

    def __call__(self, request: Request) -> Answer:
        activity = (_ACTIVITY, request.headers.get(_ACTIVITY) or str(uuid4()).encode())
        try:
            answer = self._answer(request)
        except CosmosError as refusal:
            answer = refusal_response(refusal)
        except Exception:  # noqa: BLE001 - the edge of the program: a bug becomes a 500 and a trace, not a lost socket
            answer = _bug()
        if isinstance(answer, Response):
            return answer._replace(headers=(*answer.headers, activity))
        return _later(answer, activity)

    def _answer(self, request: Request) -> Answer:
        names = routing.segments(request.path)
        if names[:1] == ("_local",):
            return control(self.account, request, names[1:])
        signature.check(request, names, key=self._secret)
        return routing.route(self.account, request, names)

    def commit(self) -> None:
        """Makes every write so far outlive the process, when there is a file."""
        if self.store.dirty:
            self.store.commit()

    def close(self) -> None:
        self.store.close()


async def _later(answer: Awaitable[Response], activity: tuple[bytes, bytes]) -> Response:
    try:
        response = await answer
    except CosmosError as refusal:
        response = refusal_response(refusal)
    except Exception:  # noqa: BLE001 - as above, for an answer that had to wait
        response = _bug()
    return response._replace(headers=(*response.headers, activity))


def _bug() -> Response:
    traceback.print_exc()
    return refusal_response(CosmosError(500, "The local server failed; its standard error has the trace."))
