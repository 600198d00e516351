"""`pkranges`: the routing map as an incremental feed that ends with a literal 304.

Seen on the wire: the SDK repeats the read with the last etag until it gets the 304.
"""

from local.cosmos import charges
from local.cosmos.container import Container, range_wire
from local.cosmos.message import Request, Response, json_response, line


def read_ranges(container: Container, request: Request) -> Response:
    """All live ranges, or those that came after the etag, each naming all it came from."""
    known = _known(container, request)
    version = container.ranges.version
    headers = line(b"etag", b'"%d-%d"' % (container.number, version)) + line(b"x-ms-request-charge", charges.text(1.0))
    changed = [one for one in container.ranges if one.born > known]
    if not changed:
        return Response(304, headers, b"")
    ranges = [range_wire(container, one) for one in changed]
    return json_response(
        200,
        {"_rid": container.rid, "PartitionKeyRanges": ranges, "_count": len(ranges)},
        headers + line(b"x-ms-item-count", b"%d" % len(ranges)),
    )


def _known(container: Container, request: Request) -> int:
    """The version of the map the client has; 0 for none, or for another container of the same name."""
    number, _, version = (request.text(b"if-none-match") or "").strip('"').partition("-")
    if number != str(container.number) or not version.isdecimal():
        return 0
    return int(version)
