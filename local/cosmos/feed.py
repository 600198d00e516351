"""The change feed: each item's last version, in the order of its range's log.

A page never cuts a transaction in two, and costs the same wherever it stands in the log.
"""

from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Final, NamedTuple

from local.cosmos import charges, items, scopes
from local.cosmos.account import Account
from local.cosmos.container import Container
from local.cosmos.errors import bad_request, not_supported
from local.cosmos.item_answers import feed_body, item_headers
from local.cosmos.message import JSON, Request, Response, line
from local.cosmos.point import check_session
from local.cosmos.records import Record
from local.cosmos.scopes import Scope

LARGEST_PAGE: Final = 4 * 1024 * 1024
_INCREMENTAL: Final = b"incremental feed"


class _Page(NamedTuple):
    documents: list[bytes]
    size: int
    lsn: int


def feed(account: Account, container: Container, request: Request) -> Response:
    if request.headers.get(b"a-im", b"").lower() != _INCREMENTAL:
        raise not_supported("The all-versions-and-deletes change feed")
    scope = _scope(container, request)
    check_session(container, request, scope.key_range)
    account.meter.admit(container, scope.key_range)
    after = _position(request, scope)
    page = _page(account, container, request, scope, after)
    charge = charges.feed(len(page.documents), page.size) if page.documents else charges.UNCHANGED_FEED
    charge *= account.read_factor(request)
    account.meter.record(container, scope.key_range, operation="ChangeFeed", charge=charge)
    headers = (
        item_headers(container, scope.key_range, charge)
        + line(b"etag", b'"%d"' % page.lsn)
        + line(b"x-ms-item-count", b"%d" % len(page.documents))
    )
    if not page.documents:
        return Response(304, headers, b"")
    return Response(200, JSON + headers, feed_body(container.rid, b"Documents", page.documents))


def _scope(container: Container, request: Request) -> Scope:
    name = request.text(b"x-ms-documentdb-partitionkeyrangeid")
    if name is not None:
        return scopes.named_range(container, request, name)
    header = request.headers.get(b"x-ms-documentdb-partitionkey")
    if header is not None:
        return scopes.one_key(container, container.key.point(header))
    if len(container.ranges) > 1:
        raise bad_request("A change feed request names a partition key range or a partition key.")
    return scopes.named_range(container, request, next(iter(container.ranges)).name)


def _position(request: Request, scope: Scope) -> int:
    """The LSN after which to go on: absent is the beginning, `*` is now."""
    etag = request.text(b"if-none-match")
    if etag is None:
        return 0
    if etag == "*":
        return scope.key_range.lsn
    try:
        return int(etag.strip('"'))
    except ValueError as problem:
        raise bad_request("The continuation of the change feed is not valid.") from problem


def _page(account: Account, container: Container, request: Request, scope: Scope, after: int) -> _Page:
    most = request.number(b"x-ms-max-item-count", -1)
    documents: list[bytes] = []
    size = 0
    lsn = after
    for record in _visible(account, container, request, scope, after):
        full = 0 < most <= len(documents) or size >= LARGEST_PAGE
        if full and record.lsn != lsn:
            return _Page(documents, size, lsn)
        documents.append(items.with_lsn(record.body, record.lsn))
        size += len(record.body)
        lsn = record.lsn
    return _Page(documents, size, max(lsn, scope.key_range.lsn))


def _visible(account: Account, container: Container, request: Request, scope: Scope, after: int) -> Iterator[Record]:
    now = int(account.clock.seconds())
    since = _since(request)
    for record in account.store.records.changes(container.number, scope.key_range.number, after):
        if record.expires is not None and record.expires <= now:
            continue
        if record.ts >= since and (scope.whole or scope.holds(record.epk)):
            yield record


def _since(request: Request) -> float:
    text = request.text(b"if-modified-since")
    if text is None:
        return 0.0
    try:
        return parsedate_to_datetime(text).timestamp()
    except ValueError as problem:
        raise bad_request("If-Modified-Since is not an HTTP date.") from problem
