"""The headers and bodies of answers about items, which the SDK reads back for its sessions and routing map."""

from local.cosmos import charges, sessions
from local.cosmos.container import Container
from local.cosmos.key_ranges import KeyRange
from local.cosmos.message import JSON, Headers, Response
from local.cosmos.operations import Outcome


def item_headers(container: Container, key_range: KeyRange, charge: float) -> Headers:
    """Without the range id the SDK drops its routing map after each write and fetches it again."""
    return (
        JSON,
        (b"x-ms-request-charge", charges.text(charge)),
        (b"x-ms-session-token", sessions.token(key_range)),
        (b"lsn", b"%d" % key_range.lsn),
        (b"x-ms-alt-content-path", container.alt_path),
        (b"x-ms-documentdb-partitionkeyrangeid", b"%d" % key_range.number),
    )


def answer(container: Container, key_range: KeyRange, outcome: Outcome, *, minimal: bool = False) -> Response:
    headers = item_headers(container, key_range, outcome.charge)
    record = outcome.record
    if record is None:
        return Response(outcome.status, headers, b"")
    return Response(outcome.status, (*headers, (b"etag", record.etag.encode())), outcome.body(minimal=minimal))


def feed_body(rid: str, key: bytes, documents: list[bytes]) -> bytes:
    """A page: `{"_rid":..,"Documents":[..],"_count":n}`."""
    return b'{"_rid":"%b","%b":[%b],"_count":%d}' % (rid.encode(), key, b",".join(documents), len(documents))
