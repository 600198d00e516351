"""Query and read-all pages of a container.

Filters and projections walk the ranges one after another, a range per page at most; what needs merging over several
ranges is refused with 400/1004, upon which the SDK asks for the plan and queries range by range.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

import orjson

from local.cosmos import charges, continuation
from local.cosmos.account import Account
from local.cosmos.container import Container
from local.cosmos.continuation import Place
from local.cosmos.errors import CROSS_PARTITION_NOT_SERVABLE, CosmosError, bad_request
from local.cosmos.item_answers import feed_body, item_headers
from local.cosmos.items import Document
from local.cosmos.language import Query, refusing
from local.cosmos.message import JSON, Request, Response, json_response, line
from local.cosmos.ordering import check_order
from local.cosmos.point import is_stale
from local.cosmos.query_request import Question, covered, question
from local.cosmos.reading import Reading
from local.cosmos.results import Result
from local.cosmos.scopes import Scope

_LARGEST_PAGE: Final = 4 * 1024 * 1024
_MOST_ROWS: Final = 1000
_WHERE: Final = re.compile(r"\bwhere\b", re.IGNORECASE)
_MOST_READ: Final = 10_000
_EVERYTHING: Final = [{"min": "", "max": "FF", "isMinInclusive": True, "isMaxInclusive": False}]


class Page(NamedTuple):
    rows: list[bytes]
    read: int
    next: Place | None


def query(account: Account, container: Container, request: Request) -> Response:
    asked = question(request)
    found = covered(container, request, asked)
    with refusing():
        if not asked.query.needs_merge:
            return _walk(account, container, request, found, asked)
        if len(found) > 1:
            raise _not_servable(asked.query)
        stale = _admitted(account, container, request, found[0])
        check_order(container, asked.query.order_by)
        reading = Reading(account, container, found[0], asked, stale)
        return _response(reading, request, _merged(reading, request, asked))


def _admitted(account: Account, container: Container, request: Request, scope: Scope) -> bool:
    """Whether it reads what was there before the last change of each item."""
    stale = is_stale(account, container, request, scope.key_range)
    account.meter.admit(container, scope.key_range)
    return stale


def _not_servable(query: Query) -> CosmosError:
    """400/1004 makes the SDK ask for the plan, if there is a way to merge at all."""
    if query.merge_refusal is not None:
        return bad_request(query.merge_refusal)
    return bad_request(
        "The query needs a merge over several partition key ranges, which the gateway does not do.",
        substatus=CROSS_PARTITION_NOT_SERVABLE,
    )


def read_all(account: Account, container: Container, request: Request) -> Response:
    return _walk(account, container, request, covered(container, request, None), None)


def plan(request: Request) -> Response:
    """How the SDK is to run the query over several ranges."""
    asked = question(request)
    if asked.query.merge_refusal is not None:
        raise bad_request(asked.query.merge_refusal)
    with refusing():
        answer = asked.query.plan(asked.parameters)
    return json_response(200, {**answer, "queryRanges": _EVERYTHING}, line(b"x-ms-request-charge", charges.text(1.0)))


def _merged(reading: Reading, request: Request, asked: Question) -> Page:
    """`skip` rows of the whole result are already out; what was read is charged with the first page."""
    skip = continuation.read(request.headers.get(b"x-ms-continuation")).skip
    key = _result_key(reading, asked)
    known = reading.account.results.find(key) if skip else None
    result = known or _whole(reading, asked)
    rows: list[bytes] = []
    size = 0
    most = _most_rows(request)
    read = 0 if skip else result.read
    for row in islice(result.rows, skip, None):
        if len(rows) >= most or size >= _LARGEST_PAGE:
            reading.account.results.keep(key, result)
            return Page(rows, read, Place(skip=skip + len(rows)))
        rows.append(row)
        size += len(row)
    return Page(rows, read, None)


def _whole(reading: Reading, asked: Question) -> Result:
    read = 0

    def documents() -> Iterator[Document]:
        nonlocal read
        for record in reading.records():
            read += 1
            yield orjson.loads(record.body)

    rows = [orjson.dumps(row) for row in reading.execute(documents(), asked)]
    return Result(rows, read)


def _result_key(reading: Reading, asked: Question) -> tuple[object, ...]:
    """Where items expire, a result is good for the running second only."""
    container, scope = reading.container, reading.scope
    second = None if container.default_ttl is None else int(reading.account.clock.seconds())
    parameters = orjson.dumps(asked.parameters)
    seen = container.number, container.version, reading.stale, second
    return *seen, scope.low, scope.high, asked.query.text, parameters


def _walk(
    account: Account, container: Container, request: Request, found: tuple[Scope, ...], asked: Question | None
) -> Response:
    place = continuation.read(request.headers.get(b"x-ms-continuation"))
    ahead = [scope for scope in found if scope.point is not None or place.epk < scope.high]
    if not ahead:
        raise bad_request("The continuation token is not valid for this query.")
    stale = _admitted(account, container, request, ahead[0])
    reading = Reading(account, container, ahead[0], asked, stale)
    page = _streamed(reading, place, _most_rows(request))
    if page.next is None and len(ahead) > 1:
        page = page._replace(next=Place(epk=ahead[1].low))
    return _response(reading, request, page)


def _streamed(reading: Reading, place: Place, most: int) -> Page:
    """Stops when the page is full, or when so much was read that others should have their turn."""
    rows: list[bytes] = []
    read = size = 0
    skip = place.skip
    for record in reading.records(place):
        if len(rows) >= most or size >= _LARGEST_PAGE or read >= _MOST_READ:
            return Page(rows, read, place)
        read += 1
        fresh = reading.rows(record)[skip:]
        room = most - len(rows)
        rows += fresh[:room]
        size += sum(map(len, fresh[:room]))
        if len(fresh) > room:
            return Page(rows, read, Place(place.epk, place.name, place.seq, skip + room))
        skip = 0
        place = Place(record.epk, record.id, record.seq)
    return Page(rows, read, None)


def _most_rows(request: Request) -> int:
    asked = request.number(b"x-ms-max-item-count", -1)
    return asked if 0 < asked < _MOST_ROWS else _MOST_ROWS


def _response(reading: Reading, request: Request, page: Page) -> Response:
    container, key_range = reading.container, reading.scope.key_range
    body = feed_body(container.rid, b"Documents", page.rows)
    charge = _charge(reading, page, len(body)) * reading.account.read_factor(request)
    reading.account.meter.record(container, key_range, operation="Query", charge=charge)
    headers = JSON + item_headers(container, key_range, charge) + line(b"x-ms-item-count", b"%d" % len(page.rows))
    if page.next is not None:
        headers += line(b"x-ms-continuation", continuation.write(page.next))
    return Response(200, headers, body)


def _charge(reading: Reading, page: Page, size: int) -> float:
    query = None if reading.asked is None else reading.asked.query
    filtered = query is not None and _WHERE.search(query.text) is not None
    ordered = query is not None and bool(query.order_by)
    return charges.query(len(page.rows), size, page.read, filtered=filtered, ordered=ordered)
