"""One item operation inside a transaction: what a point request, a batch and a bulk row have in common."""

import enum
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

import orjson

from local.cosmos import charges, items
from local.cosmos.errors import (
    CosmosError,
    bad_request,
    conflict,
    not_found,
    partition_key_mismatch,
    precondition_failed,
)
from local.cosmos.items import Document
from local.cosmos.patch import patched
from local.cosmos.records import Record
from local.cosmos.transaction import Transaction


class Kind(enum.StrEnum):
    CREATE = "Create"
    UPSERT = "Upsert"
    REPLACE = "Replace"
    READ = "Read"
    DELETE = "Delete"
    PATCH = "Patch"


@dataclass(slots=True)
class Operation:
    """`document` is the new item, or the patch; `name` may be empty where the document holds the id."""

    kind: Kind
    name: str
    document: Document | None = None
    if_match: bytes | None = None
    if_none_match: bytes | None = None


@dataclass(slots=True)
class Outcome:
    """`record` is None after a delete."""

    status: int
    record: Record | None
    charge: float
    is_read: bool = False

    def body(self, *, minimal: bool) -> bytes:
        """Nothing for a read whose etag still holds (304), nor for a write that wants no answer."""
        if self.record is None or self.status == HTTPStatus.NOT_MODIFIED or (minimal and not self.is_read):
            return b""
        return self.record.body


def perform(transaction: Transaction, epk: bytes, operation: Operation) -> Outcome:
    """Stages the operation's effect.

    Raises:
        CosmosError: 400, 404, 409, 412 or 413 as the service answers them; nothing is staged then.

    """
    match operation.kind:
        case Kind.UPSERT:
            return _upsert(transaction, epk, operation)
        case Kind.CREATE:
            return _create(transaction, epk, operation)
        case Kind.READ:
            return _read(transaction, epk, operation)
        case Kind.REPLACE:
            return _replace(transaction, epk, operation)
        case Kind.DELETE:
            return _delete(transaction, epk, operation)
        case Kind.PATCH:
            return _patch(transaction, epk, operation)


def _create(transaction: Transaction, epk: bytes, operation: Operation) -> Outcome:
    document, name = _document(transaction, epk, operation)
    if transaction.find(epk, name) is not None:
        raise conflict()
    return _written(201, transaction.write(epk, name, document, None))


def _upsert(transaction: Transaction, epk: bytes, operation: Operation) -> Outcome:
    document, name = _document(transaction, epk, operation)
    before = transaction.find(epk, name)
    if before is None:
        return _written(201, transaction.write(epk, name, document, None))
    if operation.if_none_match == b"*":
        raise precondition_failed()
    _check_etag(before, operation)
    return _rewritten(transaction, before, document)


def _read(transaction: Transaction, epk: bytes, operation: Operation) -> Outcome:
    record = _existing(transaction, epk, operation.name)
    if operation.if_none_match in {record.etag, b"*"}:
        return Outcome(304, record, charges.read(0), is_read=True)
    return Outcome(200, record, charges.read(len(record.body)), is_read=True)


def _replace(transaction: Transaction, epk: bytes, operation: Operation) -> Outcome:
    document, name = _document(transaction, epk, operation)
    if operation.name and operation.name != name:
        raise bad_request("The id of an item cannot be changed by a replace.")
    before = _existing(transaction, epk, name)
    _check_etag(before, operation)
    return _rewritten(transaction, before, document)


def _delete(transaction: Transaction, epk: bytes, operation: Operation) -> Outcome:
    before = _existing(transaction, epk, operation.name)
    _check_etag(before, operation)
    transaction.erase(before)
    return Outcome(204, None, before.charge)


def _patch(transaction: Transaction, epk: bytes, operation: Operation) -> Outcome:
    before = _existing(transaction, epk, operation.name)
    _check_etag(before, operation)
    document = patched(
        orjson.loads(before.body),
        operation.document or {},
        key_paths=transaction.container.key.paths,
        now=datetime.fromtimestamp(transaction.now, UTC),
    )
    return _rewritten(transaction, before, document)


def _document(transaction: Transaction, epk: bytes, operation: Operation) -> tuple[Document, str]:
    document = operation.document
    if document is None:
        raise bad_request("The operation has no document.")
    name = items.checked_id(document)
    if transaction.container.key.of(document) != epk:
        raise partition_key_mismatch()
    return document, name


def _existing(transaction: Transaction, epk: bytes, name: str) -> Record:
    record = transaction.find(epk, name)
    if record is None:
        raise not_found("Entity with the specified id does not exist in the system.")
    return record


def _check_etag(before: Record, operation: Operation) -> None:
    if operation.if_match is not None and operation.if_match not in {before.etag, b"*"}:
        raise precondition_failed()


def _rewritten(transaction: Transaction, before: Record, document: Document) -> Outcome:
    record = transaction.write(before.epk, before.id, document, before)
    return Outcome(200, record, 2 * record.charge)


def _written(status: int, record: Record) -> Outcome:
    return Outcome(status, record, record.charge)


def refusal_charge(refusal: CosmosError, kind: Kind) -> float:
    """What a refused operation costs: about the write's base, or a read's; nothing when it was throttled."""
    if refusal.status == HTTPStatus.TOO_MANY_REQUESTS:
        return 0.0
    if kind is Kind.READ or refusal.status == HTTPStatus.NOT_FOUND:
        return charges.MISSING_READ
    return charges.REFUSED_WRITE
