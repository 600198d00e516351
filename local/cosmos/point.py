"""Create, upsert, read, replace, patch and delete of one item named by its partition key."""

from http import HTTPStatus

from local.cosmos import items, operations, sessions
from local.cosmos.account import Account
from local.cosmos.catalogue import Container
from local.cosmos.errors import CosmosError, bad_request
from local.cosmos.item_answers import answer, item_headers
from local.cosmos.key_ranges import KeyRange
from local.cosmos.message import Request, Response
from local.cosmos.operations import Kind, Operation
from local.cosmos.refusals import refusal_response
from local.cosmos.transaction import Transaction


def point(account: Account, container: Container, request: Request, operation: Operation) -> Response:
    epk = keyed(container, request)
    key_range = container.ranges.owner(epk)
    try:
        return _perform(account, container, request, key_range, epk, operation)
    except CosmosError as refusal:
        charge = operations.refusal_charge(refusal, operation.kind)
        return refusal_response(refusal, item_headers(container, key_range, charge)[1:])


def _perform(
    account: Account, container: Container, request: Request, key_range: KeyRange, epk: bytes, operation: Operation
) -> Response:
    reading = operation.kind is Kind.READ
    if reading:
        check_session(request, key_range)
    transaction = Transaction(account.store, container, key_range, int(account.clock.seconds()))
    outcome = operations.perform(transaction, epk, operation)
    transaction.close()
    if reading:
        outcome = outcome._replace(charge=outcome.charge * account.read_factor(request))
    minimal = not reading and request.headers.get(b"prefer") == b"return=minimal"
    return answer(container, key_range, outcome, minimal=minimal)


def keyed(container: Container, request: Request) -> bytes:
    header = request.headers.get(b"x-ms-documentdb-partitionkey")
    if header is None:
        if container.key.system:
            return container.key.point(b"[]")
        raise bad_request("PartitionKey value must be supplied for this operation.")
    return container.key.point(header)


def check_session(request: Request, key_range: KeyRange) -> None:
    header = request.headers.get(b"x-ms-session-token")
    if header and sessions.demanded(header, key_range) > key_range.lsn:
        raise sessions.not_available()


def new_item(request: Request) -> Operation:
    kind = Kind.UPSERT if request.flag(b"x-ms-documentdb-is-upsert") else Kind.CREATE
    return Operation(kind, "", items.parse(request.body), *_conditions(request))


def named_item(request: Request, name: str) -> Operation:
    """The operation of a request on `…/docs/<id>`."""
    kind = {"GET": Kind.READ, "PUT": Kind.REPLACE, "PATCH": Kind.PATCH, "DELETE": Kind.DELETE}.get(request.method)
    if kind is None:
        raise CosmosError(HTTPStatus.METHOD_NOT_ALLOWED, f"{request.method} is not possible on an item.")
    document = items.parse(request.body) if kind in {Kind.REPLACE, Kind.PATCH} else None
    return Operation(kind, name, document, *_conditions(request))


def _conditions(request: Request) -> tuple[str | None, str | None]:
    return request.text(b"if-match"), request.text(b"if-none-match")
