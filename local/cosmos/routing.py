"""Which handler answers which method and path."""

from functools import lru_cache
from http import HTTPStatus
from urllib.parse import unquote

from local.cosmos import batch, feed, point, queries, ranges_feed, resources, rids
from local.cosmos.account import Account, read_account
from local.cosmos.container import Container
from local.cosmos.errors import CONTAINER_RECREATED, CosmosError, bad_request, not_found, not_supported
from local.cosmos.message import Answer, Request
from local.cosmos.operations import Kind

type Segments = tuple[str, ...]


@lru_cache(maxsize=1024)
def segments(path: str) -> Segments:
    """The names between slashes, unquoted exactly once."""
    parts = tuple(filter(None, path.split("/")))
    return tuple(map(unquote, parts)) if "%" in path else parts


def route(account: Account, request: Request, names: Segments) -> Answer:  # noqa: PLR0911 - one row per path
    """Raises CosmosError 404, 405 or 400 for what there is no handler for."""
    match names:
        case ("dbs", database, "colls", name, kind, *rest):
            container = account.catalogue.container(database, name)
            _check_intent(container, request)
            if kind == "docs" and not rest:
                return _documents(account, container, request)
            return _inside(account, container, request, (kind, *rest))
        case ():
            return read_account(account, request)
        case ("dbs",):
            return _databases(account, request)
        case ("dbs", database):
            return _database(account, request, database)
        case ("dbs", database, "colls"):
            return _containers(account, request, database)
        case ("dbs", database, "colls", name):
            return _container(account, request, _missing_is_plain(account, database, name))
        case ("offers",):
            return resources.list_offers(account, request)
        case ("offers", rid):
            return _offer(account, request, rid)
        case _:
            raise not_found(f"There is no resource at {request.path}.")


def _databases(account: Account, request: Request) -> Answer:
    if request.method == "POST" and not is_query(request):
        return resources.create_database(account, request)
    return resources.list_databases(account, request)


def _database(account: Account, request: Request, name: str) -> Answer:
    match request.method:
        case "GET":
            return resources.read_database(account, name)
        case "DELETE":
            return resources.drop_database(account, name)
        case _:
            raise _not_allowed(request)


def _containers(account: Account, request: Request, name: str) -> Answer:
    database = account.catalogue.database(name)
    if request.method == "POST" and not is_query(request):
        return resources.create_container(account, database, request)
    return resources.list_containers(account, database, request)


def _offer(account: Account, request: Request, rid: str) -> Answer:
    match request.method:
        case "GET":
            return resources.read_offer(account, rid)
        case "PUT":
            return resources.replace_offer(account, rid, request)
        case _:
            raise _not_allowed(request)


def _missing_is_plain(account: Account, database: str, name: str) -> Container:
    """Reading the container itself, a missing one is 404 without substatus."""
    try:
        return account.catalogue.container(database, name)
    except CosmosError as refusal:
        raise not_found() from refusal


def _container(account: Account, request: Request, container: Container) -> Answer:
    match request.method:
        case "GET":
            return resources.read_container(container)
        case "PUT":
            return resources.replace_container(account, container, request)
        case "DELETE":
            return resources.drop_container(account, container)
        case _:
            raise _not_allowed(request)


def _inside(account: Account, container: Container, request: Request, rest: Segments) -> Answer:
    match rest:
        case ("docs", name):
            return point.point(account, container, request, point.named_item(request, _name(account, container, name)))
        case ("pkranges",):
            return ranges_feed.read_ranges(container, request)
        case ("operations", "partitionkeydelete"):
            return point.delete_partition(account, container, request)
        case ("conflicts",):
            return resources.listed(account, request, container.rid, "Conflicts", ())
        case _:
            raise not_supported(f"The resource type {rest[0]!r}")


def _documents(account: Account, container: Container, request: Request) -> Answer:
    if request.method == "GET":
        page = feed.feed if b"a-im" in request.headers else queries.read_all
        return page(account, container, request)
    if request.method != "POST":
        raise _not_allowed(request)
    if request.flag(b"x-ms-documentdb-is-upsert"):
        return point.point(account, container, request, point.new_item(request, Kind.UPSERT))
    if request.flag(b"x-ms-cosmos-is-query-plan-request"):
        return queries.plan(request)
    if is_query(request):
        return queries.query(account, container, request)
    if request.flag(b"x-ms-cosmos-is-batch-request"):
        return batch.batch(account, container, request)
    return point.point(account, container, request, point.new_item(request, Kind.CREATE))


def is_query(request: Request) -> bool:
    return request.flag(b"x-ms-documentdb-isquery") or request.headers.get(b"content-type", b"").startswith(
        b"application/query+json"
    )


def _name(account: Account, container: Container, name: str) -> str:
    """The id behind an item's rid, because the SDK uses `_self` as the path when it is handed a whole item."""
    sequence = rids.item_sequence(container.raw_rid, name)
    record = None if sequence is None else account.store.records.numbered(container.number, sequence)
    return name if record is None else record.id


def _check_intent(container: Container, request: Request) -> None:
    """A client that still means a container of that name which is gone has to read it again."""
    meant = request.headers.get(b"x-ms-cosmos-intended-collection-rid")
    if meant is not None and meant != container.wire_rid:
        raise bad_request("The container was recreated; its resource id differs.", substatus=CONTAINER_RECREATED)


def _not_allowed(request: Request) -> CosmosError:
    return CosmosError(HTTPStatus.METHOD_NOT_ALLOWED, f"{request.method} is not possible on {request.path}.")
