"""Which versions of an order a caller accepts: `If-Match` with entity tags (RFC 9110 sections 8.8.3 and 13.1.1)."""

import re

import azure.functions as func

from api.problems import Unacceptable

# What is within the quotes may hold a comma.
_ETAG = re.compile(r'(?:W/)?"[^"]*"')
# RFC 9110 section 5.6.1.2: an element of a list may be empty. Written so, it is never looked at twice.
_ELEMENT = rf"[ \t]*(?:{_ETAG.pattern}[ \t]*)?"
_ETAGS = re.compile(rf"{_ELEMENT}(?:,{_ELEMENT})*")
_OURS = re.compile(r'"([1-9][0-9]{0,8})"')


def if_match(req: func.HttpRequest) -> frozenset[int] | None:
    """The sequences the caller accepts; None when any will do. Raises Unacceptable for what is no entity tag."""
    header = req.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    if not (_ETAG.search(header) and _ETAGS.fullmatch(header)):
        raise Unacceptable.header("If-Match", "invalid_if_match", 'If-Match holds entity tags such as "3"')
    # A weak tag never matches strongly (RFC 9110 section 13.1.1), nor does one we never gave out.
    return frozenset(int(match[1]) for tag in _ETAG.findall(header) if (match := _OURS.fullmatch(tag)))
