"""Several operations in one request: all or nothing in one partition, or each for itself in one range."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Final

import orjson

from local.cosmos import items, operations
from local.cosmos.account import Account
from local.cosmos.container import Container
from local.cosmos.errors import CosmosError, bad_request, range_gone, too_large
from local.cosmos.item_answers import item_headers
from local.cosmos.key_ranges import KeyRange
from local.cosmos.message import JSON, Request, Response
from local.cosmos.operations import Kind, Operation, Outcome
from local.cosmos.point import keyed
from local.cosmos.transaction import Transaction

_MOST_OPERATIONS: Final = 100
_KINDS: Final = {kind.value: kind for kind in Kind}

BULK_ROW: Final = "BulkRow"

type Raw = dict[str, object]
type Result = Outcome | CosmosError


def batch(account: Account, container: Container, request: Request) -> Response:
    rows = _rows(request)
    atomic = request.headers.get(b"x-ms-cosmos-batch-atomic", b"true").lower() == b"true"
    answer = _atomic if atomic else _each
    return answer(account, container, request, rows)


def _rows(request: Request) -> list[Raw]:
    if len(request.body) > items.LARGEST:
        raise too_large()
    rows = items.parse_json(request.body)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise bad_request("The body of a batch is a JSON array of operations.")
    if not rows:
        raise bad_request("Batch request has no operations.")
    if len(rows) > _MOST_OPERATIONS:
        raise bad_request("Batch request has more operations than what is supported.")
    return rows


def _atomic(account: Account, container: Container, request: Request, rows: list[Raw]) -> Response:
    """One transaction: a failed operation leaves nothing behind and uses no LSN."""
    epk = keyed(container, request)
    key_range = container.ranges.owner(epk)
    account.meter.admit(container, key_range)
    transaction = Transaction(account.store, container, key_range, int(account.clock.seconds()))
    results: list[Result] = []
    for row in rows:
        results.append(_tried(transaction, epk, row))
        if isinstance(results[-1], CosmosError):
            break
    else:
        transaction.close()
        return _response(account, container, key_range, request, zip(rows, results, strict=True))
    culprit = results[-1]
    others = CosmosError(HTTPStatus.FAILED_DEPENDENCY, "Another operation of the batch failed.")
    failed: list[Result] = [culprit if row is rows[len(results) - 1] else others for row in rows]
    return _response(account, container, key_range, request, zip(rows, failed, strict=True))


def _each(account: Account, container: Container, request: Request, rows: list[Raw]) -> Response:
    """A transaction per operation; without continue-on-error the rest after a failure is not tried."""
    key_range = container.ranges.named(request.text(b"x-ms-documentdb-partitionkeyrangeid") or "")
    account.meter.admit(container, key_range)
    going_on = request.flag(b"x-ms-cosmos-batch-continue-on-error")
    now = int(account.clock.seconds())
    results: list[Result] = []
    for row in rows:
        try:
            results.append(_placed(account, Transaction(account.store, container, key_range, now), row))
        except CosmosError as refusal:
            results.append(refusal)
            if not going_on:
                break
    results += [CosmosError(HTTPStatus.FAILED_DEPENDENCY, "An earlier operation failed.")] * (len(rows) - len(results))
    return _response(account, container, key_range, request, zip(rows, results, strict=True))


def _placed(account: Account, transaction: Transaction, row: Raw) -> Outcome:
    """An operation that names its own partition key; it must belong to the request's range."""
    named = row.get("partitionKey")
    header = named.encode() if isinstance(named, str) else orjson.dumps(named)
    container, key_range = transaction.container, transaction.key_range
    epk = container.key.point(header)
    if not key_range.low <= epk < key_range.high:
        raise range_gone(key_range.name)
    account.meter.admit(container, key_range)
    fault = account.faults.pick(BULK_ROW, container.id, header) if account.faults.armed else None
    # A mere delay is for requests; a row of one is not late by itself.
    if fault is not None and not fault.status:
        fault = None
    if fault is not None and fault.when == "before":
        raise fault.refusal()
    outcome = operations.perform(transaction, epk, _operation(row))
    transaction.close()
    if fault is not None:
        raise fault.refusal()
    return outcome


def _tried(transaction: Transaction, epk: bytes, row: Raw) -> Result:
    try:
        return operations.perform(transaction, epk, _operation(row))
    except CosmosError as refusal:
        return refusal


def _operation(row: Raw) -> Operation:
    wanted, document, name = row.get("operationType"), row.get("resourceBody"), row.get("id", "")
    kind = _KINDS.get(wanted) if isinstance(wanted, str) else None
    if kind is None:
        raise bad_request(f"The operation type {wanted!r} is not known.")
    if document is not None and not isinstance(document, dict):
        raise bad_request("The resourceBody of an operation is an object.")
    if not isinstance(name, str):
        raise bad_request("The id of an operation is a text.")
    if_match, if_none_match = row.get("ifMatch"), row.get("ifNoneMatch")
    return Operation(
        kind,
        name,
        document,
        if_match.encode() if isinstance(if_match, str) else None,
        if_none_match.encode() if isinstance(if_none_match, str) else None,
    )


def _response(
    account: Account, container: Container, key_range: KeyRange, request: Request, results: Iterable[tuple[Raw, Result]]
) -> Response:
    minimal = request.headers.get(b"prefer") == b"return=minimal"
    failed = False
    charge = 0.0
    pieces: list[bytes] = []
    for row, result in results:
        charge += _charge(result)
        if isinstance(result, CosmosError):
            failed = True
            pieces += (b",", _refused(result))
        else:
            pieces += _done(result, minimal=minimal or row.get("minimalReturnPreference") is True)
    body = b"".join((b"[", pieces[0][1:], *pieces[1:], b"]"))
    operation = "Bulk" if b"x-ms-documentdb-partitionkeyrangeid" in request.headers else "Batch"
    account.meter.record(container, key_range, operation=operation, charge=charge)
    return Response(207 if failed else 200, JSON + item_headers(container, key_range, charge), body)


def _charge(result: Result) -> float:
    return result.charge if isinstance(result, Outcome) else operations.refusal_charge(result, Kind.UPSERT)


def _done(outcome: Outcome, *, minimal: bool) -> tuple[bytes, ...]:
    """Begins with the comma to what is before; in pieces, so that the text of an item is copied once."""
    record = outcome.record
    if record is None:
        return (b',{"statusCode":%d,"requestCharge":%.2f}' % (outcome.status, outcome.charge),)
    start = _WITH_ETAG % (outcome.status, outcome.charge, record.etag[1:-1])
    text = outcome.body(minimal=minimal)
    return (start, b',"resourceBody":', text, b"}") if text else (start, b"}")


_WITH_ETAG: Final = b',{"statusCode":%d,"requestCharge":%.2f,"eTag":"\\"%b\\""'


def _refused(refusal: CosmosError) -> bytes:
    row: dict[str, object] = {"statusCode": int(refusal.status), "requestCharge": round(_charge(refusal), 2)}
    if refusal.substatus:
        row["subStatusCode"] = refusal.substatus
    if refusal.retry_after_ms:
        row["retryAfterMilliseconds"] = refusal.retry_after_ms
    return orjson.dumps(row | {"message": refusal.message})
