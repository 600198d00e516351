"""The app behind several hosts, as a patient client sees it: whichever lives is asked, and the next when it dies."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from time import monotonic
from typing import Final

import aiohttp

from local.demo.door import AGAIN_AFTER, UNAVAILABLE, HttpDoor, Reply

PATIENCE: Final = timedelta(seconds=60)


class NoAnswer(Exception):  # noqa: N818 - what did not come
    """No host has answered for too long."""


@dataclass(frozen=True, slots=True)
class AnyDoor:
    """`urls` are those of the living hosts at any moment. What it asks for must bear to be asked for twice."""

    session: aiohttp.ClientSession
    urls: Mapping[int, str]
    _turn: "count[int]" = field(default_factory=count)

    async def __call__(
        self, method: str, path: str, *, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Raises NoAnswer."""
        began, last = monotonic(), "no host was there"
        while monotonic() - began < PATIENCE.total_seconds():
            try:
                if urls := tuple(self.urls.values()):
                    door = HttpDoor(self.session, urls[next(self._turn) % len(urls)])
                    reply = await door(method, path, body=body, headers=headers)
                    if reply.status != UNAVAILABLE:
                        return reply
                    last = f"{UNAVAILABLE}"
            except (aiohttp.ClientError, TimeoutError) as error:
                last = type(error).__name__
            await asyncio.sleep(AGAIN_AFTER.total_seconds())
        raise NoAnswer(f"{method} {path}: {last}, for {PATIENCE.total_seconds():.0f} s")
