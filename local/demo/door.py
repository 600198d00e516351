"""The app over HTTP, as its callers see it: what comes back, and what the contract says may."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any, Final, Protocol

import aiohttp
from yarl import URL

UNAVAILABLE: Final = 503
AGAIN_AFTER: Final = timedelta(milliseconds=200)


class UnexpectedAnswer(Exception):  # noqa: N818 - the name says what came
    """The API answered something else than the contract says. Only its status and code are told, never a body."""


@dataclass(frozen=True, slots=True)
class Reply:
    """`following` is the path of the next page; empty on the last one."""

    status: int
    body: Any
    following: str = ""


class Door(Protocol):
    async def __call__(
        self, method: str, path: str, *, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Any answer at all is a reply."""
        ...


@dataclass(frozen=True, slots=True)
class HttpDoor:
    session: aiohttp.ClientSession
    url: str

    async def __call__(
        self, method: str, path: str, *, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Raises aiohttp.ClientError when there is no answer."""
        async with self.session.request(method, self.url + path, json=body, headers=headers) as response:
            told = await response.json() if "json" in response.content_type else None
            following = URL(response.links["next"]["url"]).raw_path_qs if "next" in response.links else ""
            return Reply(response.status, told, following)


@dataclass(frozen=True, slots=True)
class PatientDoor:
    """Asks again when the app says that it is too busy; what it asks for must bear to be asked for twice."""

    door: Door
    patience: timedelta = timedelta(seconds=60)

    async def __call__(
        self, method: str, path: str, *, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """The last answer, when all were alike for too long."""
        began = monotonic()
        while True:
            reply = await self.door(method, path, body=body, headers=headers)
            if reply.status != UNAVAILABLE or monotonic() - began > self.patience.total_seconds():
                return reply
            await asyncio.sleep(AGAIN_AFTER.total_seconds())


async def asked(
    door: Door,
    method: str,
    path: str,
    *,
    accepts: tuple[int, ...],
    body: object = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """Raises UnexpectedAnswer for a status that is none of `accepts`."""
    reply = await door(method, path, body=body, headers=headers)
    if reply.status not in accepts:
        code = reply.body.get("code", "") if isinstance(reply.body, dict) else ""
        raise UnexpectedAnswer(f"{method} {path} answered {reply.status} {code}".rstrip())
    return reply
