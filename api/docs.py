"""The API about itself: its OpenAPI document, and a page to try it that loads nothing from elsewhere."""

import base64
import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Final, Self

import azure.functions as func
import orjson

from api.openapi import document, doors
from api.problems import answered

PAGE: Final = Path(__file__).with_name("docs.html")


@dataclass(frozen=True, slots=True)
class Text:
    """Made once, and not sent again to whoever still has it."""

    content: bytes
    media: str
    policy: str
    etag: str

    @classmethod
    def of(cls, content: bytes, media: str, *, policy: str = "default-src 'none'; frame-ancestors 'none'") -> Self:
        return cls(content, media, policy, f'"{sha256(content).hexdigest()[:32]}"')

    def answer(self, req: func.HttpRequest) -> func.HttpResponse:
        headers = {
            "ETag": self.etag,
            "Cache-Control": "no-cache",
            "Content-Security-Policy": self.policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }
        if self._is_known(req.headers.get("If-None-Match", "")):
            return func.HttpResponse(status_code=HTTPStatus.NOT_MODIFIED.value, headers=headers)
        return func.HttpResponse(self.content, headers=headers, mimetype=self.media, charset="utf-8")

    def _is_known(self, tags: str) -> bool:
        """Weakly compared (RFC 9110 section 13.1.2)."""
        return tags.strip() == "*" or self.etag in {tag.strip().removeprefix("W/") for tag in tags.split(",")}


def described(*blueprints: func.Blueprint) -> func.Blueprint:
    """Routes that tell of all the others, and of themselves."""
    routes = func.Blueprint()

    @cache
    def written() -> Text:
        return Text.of(orjson.dumps(document(doors((*blueprints, routes)))), "application/json")

    @cache
    def page() -> Text:
        content = PAGE.read_bytes()
        return Text.of(content, "text/html", policy=policy(content.decode()))

    @routes.route("api/openapi.json", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
    @answered
    async def get_openapi(req: func.HttpRequest) -> func.HttpResponse:
        return written().answer(req)

    @routes.route("api/docs", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
    @answered
    async def get_docs(req: func.HttpRequest) -> func.HttpResponse:
        return page().answer(req)

    return routes


def policy(html: str) -> str:
    """What a page may do: run the script and the style that are in it, and ask its own host. Nothing else."""
    [style], [script] = (re.findall(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL) for tag in ("style", "script"))
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {_hashed(script)}",
            f"style-src {_hashed(style)}",
            "img-src data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ]
    )


def _hashed(source: str) -> str:
    return f"'sha256-{base64.b64encode(sha256(source.encode()).digest()).decode()}'"
