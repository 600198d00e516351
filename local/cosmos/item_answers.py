"""The headers and bodies of answers about items, which the SDK reads back for its sessions and routing map."""

from typing import Final

from local.cosmos.container import Container
from local.cosmos.key_ranges import KeyRange
from local.cosmos.message import JSON, Headers, Response
from local.cosmos.operations import Outcome

_LINES: Final = b"""\
x-ms-request-charge: %.2f\r
x-ms-session-token: %d:0#%d#1=-1\r
lsn: %d\r
x-ms-alt-content-path: %b\r
x-ms-documentdb-partitionkeyrangeid: %d\r
"""


def item_headers(container: Container, key_range: KeyRange, charge: float) -> Headers:
    """Without the range id the SDK drops its routing map after each write and fetches it again."""
    lsn, number = key_range.lsn, key_range.number
    return _LINES % (charge, number, lsn, lsn, container.alt_path, number)


def answer(container: Container, key_range: KeyRange, outcome: Outcome, *, minimal: bool = False) -> Response:
    headers = JSON + item_headers(container, key_range, outcome.charge)
    record = outcome.record
    if record is None:
        return Response(outcome.status, headers, b"")
    headers += b"etag: %b\r\n" % record.etag
    return Response(outcome.status, headers, outcome.body(minimal=minimal))


def feed_body(rid: str, key: bytes, documents: list[bytes]) -> bytes:
    """A page: `{"_rid":..,"Documents":[..],"_count":n}`."""
    return b'{"_rid":"%b","%b":[%b],"_count":%d}' % (rid.encode(), key, b",".join(documents), len(documents))
