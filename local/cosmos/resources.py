"""Databases and containers over HTTP: create, read, list, query, replace, delete."""

from collections.abc import Iterable
from math import ceil
from typing import Final

import orjson

from local.cosmos import charges, items
from local.cosmos.account import Account
from local.cosmos.catalogue import Container, Database
from local.cosmos.errors import bad_request
from local.cosmos.item_answers import feed_body
from local.cosmos.message import JSON, Request, Response, json_response
from local.cosmos.query_request import question

_RU_PER_RANGE: Final = 10_000


def create_database(account: Account, request: Request) -> Response:
    database = account.catalogue.create_database(items.parse(request.body))
    return described(201, database.answer())


def read_database(account: Account, name: str) -> Response:
    return described(200, account.catalogue.database(name).answer())


def drop_database(account: Account, name: str) -> Response:
    account.catalogue.drop_database(account.catalogue.database(name))
    return _gone()


def list_databases(account: Account, request: Request) -> Response:
    every = [database.answer() for database in account.catalogue.databases.values()]
    return listed(account, request, "", "Databases", every)


def create_container(account: Account, database: Database, request: Request) -> Response:
    content = items.parse(request.body)
    throughput = request.number(b"x-ms-offer-throughput", 0)
    ranges = max(account.ranges, ceil(throughput / _RU_PER_RANGE))
    container = account.catalogue.create_container(database, content, ranges=ranges)
    return described(201, container.answer())


def read_container(container: Container) -> Response:
    return described(
        200,
        container.answer(),
        (b"x-ms-documentdb-collection-index-transformation-progress", b"100"),
        (b"x-ms-documentdb-collection-lazy-indexing-progress", b"100"),
    )


def replace_container(account: Account, container: Container, request: Request) -> Response:
    account.catalogue.reshape_container(container, items.parse(request.body))
    return described(200, container.answer())


def drop_container(account: Account, container: Container) -> Response:
    account.catalogue.drop_container(container)
    return _gone()


def list_containers(account: Account, database: Database, request: Request) -> Response:
    every = [container.answer() for container in database.containers.values()]
    return listed(account, request, database.rid, "DocumentCollections", every)


def listed(account: Account, request: Request, rid: str, key: str, every: Iterable[dict[str, object]]) -> Response:
    """A feed of resources, filtered when the request is a query."""
    rows: Iterable[object] = every
    if request.method == "POST":
        asked = question(request)
        rows = asked.query.execute(every, asked.parameters, now=account.clock.moment())
    first, most = request.number(b"x-ms-continuation", 0), request.number(b"x-ms-max-item-count", -1)
    texts = [orjson.dumps(row) for row in rows][max(first, 0) :]
    page = texts[:most] if most > 0 else texts
    headers = [JSON, _CHARGE, (b"x-ms-item-count", b"%d" % len(page))]
    if len(page) < len(texts):
        headers.append((b"x-ms-continuation", b"%d" % (first + len(page))))
    return Response(200, tuple(headers), feed_body(rid, key.encode(), page))


_CHARGE: Final = (b"x-ms-request-charge", charges.text(charges.CATALOGUE))


def described(status: int, content: dict[str, object], *headers: tuple[bytes, bytes]) -> Response:
    etag = content["_etag"]
    if not isinstance(etag, str):
        raise bad_request("The resource has no etag.")
    return json_response(status, content, _CHARGE, (b"etag", etag.encode()), *headers)


def _gone() -> Response:
    return Response(204, (_CHARGE,), b"")
