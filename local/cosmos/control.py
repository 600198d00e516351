"""`/_local`: what a real account does not have, without authentication because only this machine reaches it."""

from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qs

from local.cosmos import items
from local.cosmos.account import Account
from local.cosmos.controls import Controls
from local.cosmos.epk import to_hex
from local.cosmos.errors import bad_request, not_found
from local.cosmos.faults import Fault
from local.cosmos.items import Document
from local.cosmos.message import Answer, Request, Response, json_response

_LONGEST_WAIT: Final = 30.0


def control(account: Account, request: Request, names: tuple[str, ...]) -> Answer:
    """Raises CosmosError 404 for an unknown path, 400 for a body that does not say what is needed."""
    if (request.method, names) == ("GET", ("changes",)):
        return _changes(Controls(account), _asked(request))
    if (request.method, names) == ("GET", ()):
        return json_response(200, {"name": "orderflow-local-cosmos", "consistency": account.consistency})
    act = _ACTS.get((request.method, "/".join(names)))
    if act is None:
        known = ", ".join(f"{method} /_local/{name}" for method, name in _ACTS)
        raise not_found(f"There is no control path {request.method} {request.path}; there are {known}.")
    given = items.parse(request.body) if request.body else dict[str, object](_asked(request))
    return json_response(200, act(Controls(account), given))


async def _changes(controls: Controls, asked: dict[str, str]) -> Response:
    """The container's count of transactions, and each range's, once the first is above `after` or `wait` is over."""
    link, after, wait = asked.get("container", ""), _number(asked, "after"), _number(asked, "wait")
    found = controls.container(link)
    if found.version <= after and wait > 0:
        await found.change_within(min(wait, _LONGEST_WAIT))
        found = controls.container(link)
    ranges = {one.name: one.lsn for one in controls.ranges(link)}
    return json_response(200, {"version": found.version, "ranges": ranges})


def _asked(request: Request) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(request.query).items()}


def _number(asked: dict[str, str], name: str) -> float:
    try:
        return float(asked.get(name, "0"))
    except ValueError as problem:
        raise bad_request(f"{name} is not a number.") from problem


def _ranges(controls: Controls, given: Document) -> Document:
    ranges = controls.ranges(_text(given, "container"))
    shown = [
        {"id": one.name, "low": to_hex(one.low), "high": to_hex(one.high), "parents": one.parents, "lsn": one.lsn}
        for one in ranges
    ]
    return {"ranges": shown}


def _split(controls: Controls, given: Document) -> Document:
    return {"children": controls.split(_text(given, "container"), _text(given, "range"))}


def _merge(controls: Controls, given: Document) -> Document:
    return {"child": controls.merge(_text(given, "container"), _text(given, "range"))}


def _faults(controls: Controls, given: Document) -> Document:
    del given
    return {"faults": [{"id": one.number, "seen": one.seen, "hits": one.hits} for one in controls.faults()]}


def _add_fault(controls: Controls, given: Document) -> Document:
    return {"id": controls.add_fault(Fault.read(given))}


def _clear_faults(controls: Controls, given: Document) -> Document:
    controls.clear_faults()
    return _faults(controls, given)


def _limit(controls: Controls, given: Document) -> Document:
    controls.limit_throughput(on=_on(given))
    return {"on": _on(given)}


def _stale(controls: Controls, given: Document) -> Document:
    controls.serve_stale_reads(on=_on(given))
    return {"on": _on(given)}


def _clock(controls: Controls, given: Document) -> Document:
    seconds = given.get("advance", 0)
    if not isinstance(seconds, (int, float)):
        raise bad_request("advance is a number of seconds.")
    return {"now": controls.advance_clock(seconds)}


def _used(controls: Controls, given: Document) -> Document:
    del given
    used = controls.used()
    return {"operations": [one._asdict() for one in used], "charge": round(sum(one.charge for one in used), 2)}


def _reset_used(controls: Controls, given: Document) -> Document:
    controls.reset_used()
    return _used(controls, given)


def _snapshot(controls: Controls, given: Document) -> Document:
    controls.snapshot(_text(given, "name"))
    return {"name": _text(given, "name")}


def _restore(controls: Controls, given: Document) -> Document:
    controls.restore(_text(given, "name"))
    return {"name": _text(given, "name")}


def _text(given: Document, name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str):
        raise bad_request(f"{name} is missing.")
    return value


def _on(given: Document) -> bool:
    value = given.get("on")
    if not isinstance(value, bool):
        raise bad_request("on is true or false.")
    return value


_ACTS: Final[dict[tuple[str, str], Callable[[Controls, Document], Document]]] = {
    ("GET", "ranges"): _ranges,
    ("POST", "split"): _split,
    ("POST", "merge"): _merge,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("POST", "limits"): _limit,
    ("POST", "stale-reads"): _stale,
    ("POST", "clock"): _clock,
    ("GET", "usage"): _used,
    ("DELETE", "usage"): _reset_used,
    ("POST", "snapshots"): _snapshot,
    ("POST", "restore"): _restore,
}
