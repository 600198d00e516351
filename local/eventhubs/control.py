"""`/_local` on a port of its own: trouble, time and a look inside; no authentication, as only this machine gets in."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

import orjson

from local.cosmos.message import Request, Response, json_response
from local.eventhubs.endpoint import Endpoint
from local.eventhubs.faults import Fault

type Document = dict[str, object]
type Act = Callable[[Endpoint, Mapping[str, object]], Document]


class Control:
    """Nothing that it does needs to be kept, so its answers wait for nothing."""

    durable = False

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    def commit(self) -> None:
        """Nothing to do."""

    def __call__(self, request: Request) -> Response:
        act = _ACTS.get((request.method, request.path))
        if act is None:
            known = ", ".join(f"{method} {path}" for method, path in _ACTS)
            return json_response(HTTPStatus.NOT_FOUND, {"message": f"There are only {known}."})
        try:
            return json_response(HTTPStatus.OK, act(self._endpoint, _given(request)))
        except ValueError as problem:
            return json_response(HTTPStatus.BAD_REQUEST, {"message": str(problem)})


def _given(request: Request) -> Mapping[str, object]:
    given = orjson.loads(request.body) if request.body else {}
    if not isinstance(given, dict):
        raise ValueError("the body is not a JSON object")  # noqa: TRY004 - the caller answers for one kind of error
    return given


def _shown(endpoint: Endpoint, given: Mapping[str, object]) -> Document:
    del given
    hubs = {
        hub.shape.name: [
            {"id": one.id, "first": one.first_sequence, "next": one.next_sequence} for one in hub.partitions
        ]
        for hub in endpoint.space.hubs.values()
    }
    return {"name": "orderflow-local-eventhubs", "now": endpoint.space.now(), "hubs": hubs}


def _faults(endpoint: Endpoint, given: Mapping[str, object]) -> Document:
    del given
    return {"faults": [{"seen": one.seen, "hits": one.hits} for one in endpoint.faults]}


def _add_fault(endpoint: Endpoint, given: Mapping[str, object]) -> Document:
    endpoint.faults.add(Fault.read(given))
    return _faults(endpoint, given)


def _clear_faults(endpoint: Endpoint, given: Mapping[str, object]) -> Document:
    endpoint.faults.clear()
    return _faults(endpoint, given)


def _disconnect(endpoint: Endpoint, given: Mapping[str, object]) -> Document:
    del given
    return {"connections": endpoint.drop_all()}


def _advance(endpoint: Endpoint, given: Mapping[str, object]) -> Document:
    seconds = given.get("advance", 0)
    if not isinstance(seconds, (int, float)) or seconds < 0:
        raise ValueError("advance is a number of seconds")
    endpoint.space.clock.advance(seconds)
    return {"now": endpoint.space.now()}


_ACTS: Final[Mapping[tuple[str, str], Act]] = {
    ("GET", "/_local"): _shown,
    ("GET", "/_local/faults"): _faults,
    ("POST", "/_local/faults"): _add_fault,
    ("DELETE", "/_local/faults"): _clear_faults,
    ("POST", "/_local/disconnect"): _disconnect,
    ("POST", "/_local/clock"): _advance,
}
