"""What an item must look like, and the text the server stores and answers for it."""

import re
from typing import Final

import orjson

from local.cosmos.container_shape import FORBIDDEN_IN_IDS
from local.cosmos.errors import bad_request, too_large

LARGEST: Final = 2 * 1024 * 1024
DEEPEST: Final = 128
_LONGEST_ID: Final = 255
_ID: Final = re.compile(f"[^{re.escape(''.join(FORBIDDEN_IN_IDS))}]{{1,{_LONGEST_ID}}}", re.DOTALL).fullmatch
_LAST: Final = b'\\"","_attachments":"attachments/","_ts":%d}'
_SYSTEM: Final = frozenset(("_rid", "_self", "_etag", "_attachments", "_ts"))

type Document = dict[str, object]


def parse(text: bytes) -> Document:
    """The document of a request's body.

    Raises:
        CosmosError: 413 above 2 MB, 400 for what is not a JSON object or nests deeper than 128 levels.

    """
    if len(text) > LARGEST:
        raise too_large()
    document = parse_json(text)
    if type(document) is dict:
        return document
    raise bad_request("The request payload is invalid: a JSON object is expected.")


def parse_json(text: bytes) -> object:
    try:
        content: object = orjson.loads(text)
    except orjson.JSONDecodeError as problem:
        raise bad_request(f"The request payload is invalid JSON: {problem}") from problem
    return content


def _depth(content: object) -> int:
    """Walks level by level, because the text may nest deeper than Python's stack."""
    level, depth = [content], 0
    while level:
        depth += 1
        inner: list[object] = []
        for value in level:
            if isinstance(value, dict):
                inner.extend(value.values())
            elif isinstance(value, list):
                inner.extend(value)
        level = inner
    return depth - 1


def checked_id(document: Document) -> str:
    """1 to 255 characters without `/`, a backslash, `?` or `#` (SDK tests; the documentation says 1023 bytes)."""
    name = document.get("id")
    if type(name) is str and _ID(name):
        return name
    if not isinstance(name, str) or not name:
        raise bad_request("The input content is invalid because the required properties - 'id; ' - are missing.")
    raise bad_request(f"The id is not valid: at most {_LONGEST_ID} characters, none of / \\ ? #.")


def checked_ttl(ttl: object) -> int:
    """-1 or a positive number of seconds (learn.microsoft.com, time-to-live)."""
    if type(ttl) is not int or (ttl != -1 and ttl < 1):
        raise bad_request(f"The ttl {ttl!r} is not valid: it is -1 or a positive number of seconds.")
    return ttl


def without_system_properties(document: Document) -> bytes:
    """The text up to its closing brace; the caller adds the system's own properties.

    Raises:
        CosmosError: 413 above 2 MB.

    """
    if not _SYSTEM.isdisjoint(document):
        for name in _SYSTEM:
            document.pop(name, None)
    opened = orjson.dumps(document)[:-1]
    if len(opened) > LARGEST:
        raise too_large()
    return opened


def check_depth(document: Document, most: int) -> None:
    """Raises CosmosError 400 for more than 128 levels; `most` is a bound, with which most documents are done."""
    if most > DEEPEST and _depth(document) > DEEPEST:
        raise bad_request(f"The document nests deeper than {DEEPEST} levels.")


def with_system_properties(opened: bytes, *, rid: bytes, docs_link: bytes, etag: bytes, ts: int) -> bytes:
    return b"".join(
        (opened, b',"_rid":"', rid, b'","_self":"', docs_link, rid, b'/","_etag":"\\"', etag[1:-1], _LAST % ts)
    )


def with_lsn(body: bytes, lsn: int) -> bytes:
    """An item as the change feed shows it."""
    return b'%b,"_lsn":%d}' % (body[:-1], lsn)
