"""HTTP requests and answers between aiohttp and the worker's form of them."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from aiohttp import web
from multidict import CIMultiDict

from local.host.payload import HttpCall
from local.host.protos import RpcHttpCookie, TypedData

_SAME_SITE = {RpcHttpCookie.SameSite.Lax: "lax", RpcHttpCookie.SameSite.Strict: "strict", 3: "none"}
# What the server itself says about the bytes on the wire.
_FRAMING = {"content-length", "transfer-encoding", "connection"}


def call(request: web.Request, body: bytes, route: Mapping[str, str]) -> HttpCall:
    """The request as the host hands it on: repeated names joined by commas, empty query values left out.

    Source: azure-functions-host, GrpcMessageConversionExtensions.ToRpcHttp, with the worker's capabilities.
    """
    query = {name: ",".join(request.query.getall(name)) for name in request.query}
    return HttpCall(
        method=request.method,
        url=str(request.url),
        headers={name.lower(): ",".join(request.headers.getall(name)) for name in request.headers},
        query={name: value for name, value in query.items() if value},
        route=route,
        body=body,
    )


def answer(value: TypedData | None) -> web.Response:
    """The function's answer: an HttpResponse, or text with status 200."""
    match value.WhichOneof("data") if value is not None else None:
        case "http" if value is not None:
            return _http(value.http)
        case "string" if value is not None:
            return web.Response(text=value.string)
        case _:
            return web.Response(status=HTTPStatus.INTERNAL_SERVER_ERROR)


def _http(message: Any) -> web.Response:  # noqa: ANN401 - made by the untyped library
    headers = CIMultiDict({name: value for name, value in message.headers.items() if name.lower() not in _FRAMING})
    for cookie in message.cookies or ():
        headers.add("Set-Cookie", set_cookie(cookie))
    return web.Response(status=int(message.status_code), headers=headers, body=_bytes(message.body))


def _bytes(body: TypedData | None) -> bytes:
    match body.WhichOneof("data") if body is not None else None:
        case "bytes" if body is not None:
            return bytes(body.bytes)
        case ("string" | "json") as kind:
            return str(getattr(body, kind)).encode()
        case _:
            return b""


def set_cookie(cookie: Any) -> str:  # noqa: ANN401 - made by the untyped library
    """The Set-Cookie header as ASP.NET writes it: the value escaped, attributes in its order."""
    parts: Iterable[str | None] = (
        f"{cookie.name}={quote(cookie.value, safe='')}",
        cookie.expires and f"expires={_date(cookie.expires.value.seconds)}",
        cookie.max_age and f"max-age={int(cookie.max_age.value)}",
        cookie.domain and cookie.domain.value and f"domain={cookie.domain.value}",
        cookie.path and cookie.path.value and f"path={cookie.path.value}",
        "secure" if cookie.secure and cookie.secure.value else None,
        f"samesite={_SAME_SITE[cookie.same_site]}" if cookie.same_site in _SAME_SITE else None,
        "httponly" if cookie.http_only and cookie.http_only.value else None,
    )
    return "; ".join(part for part in parts if part)


def _date(seconds: int) -> str:
    return format_datetime(datetime.fromtimestamp(seconds, UTC), usegmt=True)
