"""Query and read-all pages of a container.

Filters and projections walk the ranges one after another, a range per page at most; what needs merging over several
ranges is refused with 400/1004, upon which the SDK asks for the plan and queries range by range.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple

import orjson

from local.cosmos import charges, continuation
from local.cosmos.account import Account
from local.cosmos.catalogue import Container
from local.cosmos.continuation import Place
from local.cosmos.errors import CROSS_PARTITION_NOT_SERVABLE, bad_request
from local.cosmos.item_answers import feed_body, item_headers
from local.cosmos.message import Request, Response, json_response
from local.cosmos.point import check_session
from local.cosmos.query_request import Question, covered, question
from local.cosmos.records import Record
from local.cosmos.scopes import Scope

_LARGEST_PAGE: Final = 4 * 1024 * 1024
_MOST_ROWS: Final = 1000
_MOST_READ: Final = 10_000


class Page(NamedTuple):
    rows: list[bytes]
    read: int
    next: Place | None


def query(account: Account, container: Container, request: Request) -> Response:
    asked = question(request)
    found = covered(container, request, asked)
    if asked.query.needs_merge:
        if len(found) > 1:
            raise bad_request(
                "The query needs a merge over several partition key ranges, which the gateway does not do.",
                substatus=CROSS_PARTITION_NOT_SERVABLE,
            )
        check_session(request, found[0].key_range)
        page = _merged(account, container, request, found[0], asked)
        return _response(account, container, request, found[0], page)
    return _walk(account, container, request, found, asked)


def read_all(account: Account, container: Container, request: Request) -> Response:
    return _walk(account, container, request, covered(container, request, None), None)


def plan(request: Request) -> Response:
    """How the SDK is to run the query over several ranges."""
    everything = [{"min": "", "max": "FF", "isMinInclusive": True, "isMaxInclusive": False}]
    answer = {"partitionedQueryExecutionInfoVersion": 2, **question(request).query.plan(), "queryRanges": everything}
    return json_response(200, answer, (b"x-ms-request-charge", charges.text(1.0)))


def _merged(account: Account, container: Container, request: Request, scope: Scope, asked: Question) -> Page:
    """The whole scope is evaluated for each page; `skip` rows of the result are already out."""
    place = continuation.read(request.headers.get(b"x-ms-continuation"))
    read = 0

    def documents() -> Iterator[dict[str, object]]:
        nonlocal read
        for record in _records(account, container, scope, continuation.START, asked):
            read += 1
            yield orjson.loads(record.body)

    found = asked.query.execute(documents(), asked.parameters, now=account.clock.moment())
    rows: list[bytes] = []
    size = 0
    most = _most_rows(request)
    for row in islice(found, place.skip, None):
        if len(rows) >= most or size >= _LARGEST_PAGE:
            return Page(rows, read, Place(skip=place.skip + len(rows)))
        rows.append(orjson.dumps(row))
        size += len(rows[-1])
    return Page(rows, read, None)


def _walk(
    account: Account, container: Container, request: Request, found: tuple[Scope, ...], asked: Question | None
) -> Response:
    place = continuation.read(request.headers.get(b"x-ms-continuation"))
    ahead = [scope for scope in found if scope.point is not None or place.epk < scope.high]
    if not ahead:
        raise bad_request("The continuation token is not valid for this query.")
    scope = ahead[0]
    check_session(request, scope.key_range)
    page = _streamed(account, container, request, scope, asked, place)
    if page.next is None and len(ahead) > 1:
        page = page._replace(next=Place(epk=ahead[1].low))
    return _response(account, container, request, scope, page)


def _streamed(
    account: Account, container: Container, request: Request, scope: Scope, asked: Question | None, place: Place
) -> Page:
    rows: list[bytes] = []
    most = _most_rows(request)
    read = size = 0
    skip = place.skip
    for record in _records(account, container, scope, place, asked):
        if len(rows) >= most or size >= _LARGEST_PAGE or read >= _MOST_READ:
            return Page(rows, read, place)
        read += 1
        fresh = _rows_of(account, record, asked)[skip:]
        room = most - len(rows)
        rows += fresh[:room]
        size += sum(map(len, fresh[:room]))
        if len(fresh) > room:
            return Page(rows, read, Place(place.epk, place.name, place.seq, skip + room))
        skip = 0
        place = Place(record.epk, record.id, record.seq)
    return Page(rows, read, None)


def _rows_of(account: Account, record: Record, asked: Question | None) -> list[bytes]:
    if asked is None:
        return [record.body]
    document = orjson.loads(record.body)
    found = asked.query.execute((document,), asked.parameters, now=account.clock.moment())
    return [record.body if row is document else orjson.dumps(row) for row in found]


def _records(
    account: Account, container: Container, scope: Scope, place: Place, asked: Question | None
) -> Iterator[Record]:
    """Living items of the scope after the place; a filter on one id in one partition is a look-up."""
    now = int(account.clock.seconds())
    for record in _stored(account, container, scope, place, asked):
        if record.expires is None or record.expires > now:
            yield record


def _stored(
    account: Account, container: Container, scope: Scope, place: Place, asked: Question | None
) -> Iterable[Record]:
    if scope.point is None:
        after = (place.epk, place.name) if place.epk >= scope.low else (b"", "")
        return account.store.records.span(container.number, scope.low, scope.high, after)
    name = None if asked is None else asked.query.equal_to(("id",), asked.parameters)
    if isinstance(name, str):
        record = account.store.find(container.number, scope.point, name)
        return () if record is None or 0 < place.seq >= record.seq else (record,)
    return account.store.records.partition(container.number, scope.point, place.seq)


def _most_rows(request: Request) -> int:
    asked = request.number(b"x-ms-max-item-count", -1)
    return asked if 0 < asked < _MOST_ROWS else _MOST_ROWS


def _response(account: Account, container: Container, request: Request, scope: Scope, page: Page) -> Response:
    body = feed_body(container.rid, b"Documents", page.rows)
    charge = charges.query(len(page.rows), len(body), page.read) * account.read_factor(request)
    headers = (*item_headers(container, scope.key_range, charge), (b"x-ms-item-count", b"%d" % len(page.rows)))
    if page.next is not None:
        headers = (*headers, (b"x-ms-continuation", continuation.write(page.next)))
    return Response(200, headers, body)
