"""Databases and containers over HTTP: create, read, list, query, replace, delete."""

from collections.abc import Iterable
from typing import Final

import orjson

from local.cosmos import charges, items, reshaping, throughput
from local.cosmos.account import Account
from local.cosmos.container import Container, Database
from local.cosmos.errors import bad_request
from local.cosmos.item_answers import feed_body
from local.cosmos.language import refusing
from local.cosmos.message import JSON, Headers, Request, Response, json_response, line
from local.cosmos.query_request import question


def create_database(account: Account, request: Request) -> Response:
    wanted = throughput.requested(request)
    database = account.catalogue.create_database(items.parse(request.body))
    if wanted is not None:
        account.offers.provision(database, wanted)
    return described(201, database.answer())


def read_database(account: Account, name: str) -> Response:
    return described(200, account.catalogue.database(name).answer())


def drop_database(account: Account, name: str) -> Response:
    database = account.catalogue.database(name)
    account.offers.drop(database)
    for container in database.containers.values():
        account.offers.drop(container)
    account.catalogue.drop_database(database)
    return _gone()


def list_databases(account: Account, request: Request) -> Response:
    every = [database.answer() for database in account.catalogue.databases.values()]
    return listed(account, request, "", "Databases", every)


def create_container(account: Account, database: Database, request: Request) -> Response:
    content = items.parse(request.body)
    wanted = throughput.requested(request)
    if wanted is None and account.offers.of(database) is None:
        wanted = throughput.DEFAULT
    ranges = account.ranges if wanted is None else max(account.ranges, wanted.ranges)
    container = account.catalogue.create_container(database, content, ranges=ranges)
    if wanted is not None:
        account.offers.provision(container, wanted)
    return described(201, container.answer())


def read_container(container: Container) -> Response:
    return described(
        200,
        container.answer(),
        line(b"x-ms-documentdb-collection-index-transformation-progress", b"100")
        + line(b"x-ms-documentdb-collection-lazy-indexing-progress", b"100"),
    )


def replace_container(account: Account, container: Container, request: Request) -> Response:
    account.catalogue.reshape_container(container, items.parse(request.body))
    return described(200, container.answer())


def drop_container(account: Account, container: Container) -> Response:
    account.offers.drop(container)
    account.catalogue.drop_container(container)
    return _gone()


def list_containers(account: Account, database: Database, request: Request) -> Response:
    every = [container.answer() for container in database.containers.values()]
    return listed(account, request, database.rid, "DocumentCollections", every)


def list_offers(account: Account, request: Request) -> Response:
    return listed(account, request, "", "Offers", account.offers.every())


def read_offer(account: Account, rid: str) -> Response:
    return described(200, account.offers.named(rid).answer())


def replace_offer(account: Account, rid: str, request: Request) -> Response:
    """More throughput than the ranges can carry splits them at once, so no replacement is ever pending."""
    offer = account.offers.change(rid, items.parse(request.body))
    for container in account.catalogue.containers():
        if container.rid == offer.resource_rid:
            reshaping.grow(account, container, offer.throughput.ranges)
    return described(200, offer.answer())


def listed(account: Account, request: Request, rid: str, key: str, every: Iterable[dict[str, object]]) -> Response:
    """A feed of resources, filtered when the request is a query."""
    rows: Iterable[object] = every
    if request.method == "POST":
        asked = question(request)
        with refusing():
            rows = list(asked.query.execute(every, asked.parameters, now=account.clock.moment()))
    first, most = request.number(b"x-ms-continuation", 0), request.number(b"x-ms-max-item-count", -1)
    texts = [orjson.dumps(row) for row in rows][max(first, 0) :]
    page = texts[:most] if most > 0 else texts
    headers = JSON + _CHARGE + line(b"x-ms-item-count", b"%d" % len(page))
    if len(page) < len(texts):
        headers += line(b"x-ms-continuation", b"%d" % (first + len(page)))
    return Response(200, headers, feed_body(rid, key.encode(), page))


_CHARGE: Final = line(b"x-ms-request-charge", charges.text(charges.CATALOGUE))


def described(status: int, content: dict[str, object], headers: Headers = b"") -> Response:
    etag = content["_etag"]
    if not isinstance(etag, str):
        raise bad_request("The resource has no etag.")
    return json_response(status, content, _CHARGE + line(b"etag", etag.encode()) + headers)


def _gone() -> Response:
    return Response(204, _CHARGE, b"")
