"""The master-key signature of a request: HMAC-SHA256 over verb, resource type, link and date.

Source: learn.microsoft.com/rest/api/cosmos-db/access-control-on-cosmosdb-resources.
"""

import base64
import binascii
import hmac
import time
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_to_bytes

from local.cosmos.errors import CosmosError
from local.cosmos.message import Request

_WINDOW_SECONDS: Final = 15 * 60
_MASTER: Final = b"type=master&ver=1.0&sig="
_RID_SEGMENT: Final = 1
_REMEMBERED: Final = 1024

type Segments = tuple[str, ...]


class Key:
    """An account key; the part of HMAC-SHA256 that depends on it alone is done once.

    A client's requests on one link within one second carry one signature, so the last ones are remembered.
    """

    def __init__(self, text: str) -> None:
        try:
            secret = base64.b64decode(text, validate=True)
        except binascii.Error as problem:
            raise ValueError("The key is not base64; an account key ends in '=='.") from problem
        self._hmac = hmac.new(secret, digestmod="sha256")
        self._good: dict[bytes, tuple[str, Segments, bytes]] = {}

    def has_signed(self, authorization: bytes, method: str, segments: Segments, date: bytes) -> bool:
        signed = method, segments, date
        if self._good.get(authorization) == signed:
            return True
        good = self._has_signed(authorization, method, segments, date)
        if good:
            if len(self._good) >= _REMEMBERED:
                self._good.clear()
            self._good[authorization] = signed
        return good

    def _has_signed(self, authorization: bytes, method: str, segments: Segments, date: bytes) -> bool:
        """Whether the header is this key's signature of the request; compares in constant time."""
        given = _unquoted(authorization)
        if not given.startswith(_MASTER):
            return False
        signature = given[len(_MASTER) :]
        resource, link = _signed(segments)
        if hmac.compare_digest(signature, self._sign(method, resource, link, date)):
            return True
        rid = _rid_link(segments) if len(segments) > _RID_SEGMENT else link
        return hmac.compare_digest(signature, self._sign(method, resource, rid, date))

    def _sign(self, method: str, resource: str, link: str, date: bytes) -> bytes:
        begun = self._hmac.copy()
        begun.update(f"{method.lower()}\n{resource}\n{link}\n".encode() + date.lower() + b"\n\n")
        return base64.b64encode(begun.digest())


def check(request: Request, segments: Segments, *, key: Key) -> None:
    """Raises CosmosError 401 for no signature, a wrong one, or one 15 minutes away from the machine's time."""
    authorization = request.headers.get(b"authorization")
    if authorization is None:
        raise _unauthorized("The request has no master key signature.")
    date = request.headers.get(b"x-ms-date", b"")
    moment = _moment(date)
    if moment is None or abs(time.time() - moment) > _WINDOW_SECONDS:
        raise _unauthorized("The date of the request is missing or not within 15 minutes of the server's.")
    if not key.has_signed(authorization, request.method, segments, date):
        raise _unauthorized(
            "The input authorization token can't serve the request. The wrong key is being used or the expected "
            "payload is not built as per the protocol."
        )


def _unquoted(header: bytes) -> bytes:
    """The four escapes that the SDK sends, then any other."""
    text = header.replace(b"%3D", b"=").replace(b"%26", b"&").replace(b"%2B", b"+").replace(b"%2F", b"/")
    return unquote_to_bytes(text) if b"%" in text else text


def _signed(segments: Segments) -> tuple[str, str]:
    """The resource type and the link that were signed; feeds and creates sign their parent."""
    if not segments:
        return "", ""
    if segments[-2:] == ("operations", "partitionkeydelete"):
        return "colls", "/".join(segments[:-2])
    if len(segments) % 2:
        return segments[-1].lower(), "/".join(segments[:-1])
    return segments[-2].lower(), "/".join(segments)


def _rid_link(segments: Segments) -> str:
    """A path made of rids is signed with the last rid alone, in lower case."""
    return (segments[-1] if len(segments) % 2 == 0 else segments[-2]).lower()


@lru_cache(maxsize=64)
def _moment(date: bytes) -> float | None:
    try:
        return parsedate_to_datetime(date.decode("latin-1")).timestamp()
    except ValueError:
        return None


def _unauthorized(message: str) -> CosmosError:
    return CosmosError(401, message)
