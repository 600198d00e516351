"""`/_local`: what a real account does not have, without authentication because only this machine reaches it."""

import asyncio
from typing import Final
from urllib.parse import parse_qs

from local.cosmos.account import Account
from local.cosmos.catalogue import Container
from local.cosmos.errors import bad_request, not_found
from local.cosmos.message import Answer, Request, Response, json_response

_LONGEST_WAIT: Final = 30.0


def control(account: Account, request: Request, names: tuple[str, ...]) -> Answer:
    match request.method, names:
        case "GET", ():
            return json_response(200, {"name": "orderflow-local-cosmos", "consistency": account.consistency})
        case "GET", ("changes",):
            return _changes(account, request)
        case _:
            raise not_found(f"There is no control path {request.path}.")


async def _changes(account: Account, request: Request) -> Response:
    """The container's count of transactions, as soon as it is above `after` or when `wait` seconds are over."""
    asked = {name: values[-1] for name, values in parse_qs(request.query).items()}
    link, after, wait = asked.get("container", ""), _number(asked, "after"), _number(asked, "wait")
    found = _container(account, link)
    if found.version <= after and wait > 0:
        waiter = asyncio.Event()
        found.waiting.add(waiter)
        try:
            async with asyncio.timeout(min(wait, _LONGEST_WAIT)):
                await waiter.wait()
        except TimeoutError:
            found.waiting.discard(waiter)
        found = _container(account, link)
    return json_response(200, {"version": found.version})


def _container(account: Account, link: str) -> Container:
    match link.strip("/").split("/"):
        case ["dbs", database, "colls", container]:
            return account.catalogue.container(database, container)
        case _:
            raise bad_request("container names a container as dbs/<database>/colls/<container>.")


def _number(asked: dict[str, str], name: str) -> float:
    try:
        return float(asked.get(name, "0"))
    except ValueError as problem:
        raise bad_request(f"{name} is not a number.") from problem
