"""Create, upsert, read, replace, patch and delete of one item named by its partition key."""

from http import HTTPStatus

from local.cosmos import charges, items, operations, sessions
from local.cosmos.account import Account
from local.cosmos.container import Container
from local.cosmos.errors import CosmosError, bad_request
from local.cosmos.item_answers import answer, item_headers
from local.cosmos.key_ranges import KeyRange
from local.cosmos.message import Request, Response
from local.cosmos.operations import Kind, Operation
from local.cosmos.refusals import refusal_response
from local.cosmos.sessions import SessionAheadError
from local.cosmos.transaction import Transaction


def point(account: Account, container: Container, request: Request, operation: Operation) -> Response:
    epk = keyed(container, request)
    key_range = container.ranges.owner(epk)
    stale = operation.kind is Kind.READ and is_stale(account, container, request, key_range)
    try:
        account.meter.admit(container, key_range)
        transaction = Transaction(account.store, container, key_range, int(account.clock.seconds()), stale=stale)
        outcome = operations.perform(transaction, epk, operation)
        transaction.close()
    except CosmosError as refusal:
        charge = operations.refusal_charge(refusal, operation.kind)
        account.meter.record(container, key_range, operation=operation.kind, charge=charge)
        return refusal_response(refusal, item_headers(container, key_range, charge))
    if outcome.is_read:
        outcome.charge *= account.read_factor(request)
    account.meter.record(container, key_range, operation=operation.kind, charge=outcome.charge)
    minimal = request.headers.get(b"prefer") == b"return=minimal"
    return answer(container, key_range, outcome, minimal=minimal)


def delete_partition(account: Account, container: Container, request: Request) -> Response:
    """All items of one partition key, at once; one transaction of its range's log."""
    epk = keyed(container, request)
    transaction = Transaction(account.store, container, container.ranges.owner(epk), int(account.clock.seconds()))
    charge = charges.REFUSED_WRITE
    for record in account.store.records.partition(container.number, epk):
        transaction.erase(record)
        charge += record.charge
    transaction.close()
    account.meter.record(container, transaction.key_range, operation="DeletePartition", charge=charge)
    return Response(202, item_headers(container, transaction.key_range, charge), b"")


def keyed(container: Container, request: Request) -> bytes:
    header = request.headers.get(b"x-ms-documentdb-partitionkey")
    if header is None:
        if container.key.system:
            return container.key.point(b"[]")
        raise bad_request("PartitionKey value must be supplied for this operation.")
    return container.key.point(header)


def is_stale(account: Account, container: Container, request: Request, key_range: KeyRange) -> bool:
    """Whether a read sees each item's version before the last; raises SessionAheadError as `check_session`."""
    seen = check_session(container, request, key_range)
    return account.store.remembers and seen < key_range.lsn and account.may_be_stale(request)


def check_session(container: Container, request: Request, key_range: KeyRange) -> int:
    """The LSN the client has seen of this range; raises SessionAheadError when the range is not there yet."""
    header = request.headers.get(b"x-ms-session-token")
    seen = sessions.demanded(header, key_range) if header else 0
    if seen > key_range.lsn:
        raise SessionAheadError(container.change_within)
    return seen


def new_item(request: Request, kind: Kind) -> Operation:
    headers = request.headers
    return Operation(kind, "", items.parse(request.body), headers.get(b"if-match"), headers.get(b"if-none-match"))


def named_item(request: Request, name: str) -> Operation:
    """The operation of a request on `…/docs/<id>`."""
    kind = {"GET": Kind.READ, "PUT": Kind.REPLACE, "PATCH": Kind.PATCH, "DELETE": Kind.DELETE}.get(request.method)
    if kind is None:
        raise CosmosError(HTTPStatus.METHOD_NOT_ALLOWED, f"{request.method} is not possible on an item.")
    document = items.parse(request.body) if kind in {Kind.REPLACE, Kind.PATCH} else None
    return Operation(kind, name, document, request.headers.get(b"if-match"), request.headers.get(b"if-none-match"))
