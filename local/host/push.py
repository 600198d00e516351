"""Waking up on a write: the local Cosmos server pushes the write counter of a container, any other one is polled.

One watcher per endpoint and container serves all its leases and functions. A reader takes `version` before it reads
the feed and waits for another one after it, so a write between the two is never slept over.
"""

import asyncio
import ipaddress
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Self
from urllib.parse import urlsplit

import aiohttp

_HOLD_SECONDS = 20
_AGAIN_SECONDS = 1.0
_ANSWER = aiohttp.ClientTimeout(total=_HOLD_SECONDS + 10)
_PROBE = aiohttp.ClientTimeout(total=5)


@dataclass(slots=True)
class Changes:
    """The write counter of one container as far as it is known here; it stays 0 where nobody pushes."""

    version: int = 0
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait(self, seen: int, *, within: timedelta) -> None:
        """Return when the counter is no longer `seen`, at the latest after `within`."""
        if self.version != seen:
            return
        try:
            async with asyncio.timeout(within.total_seconds()):
                await self._moved.wait()
        except TimeoutError:
            return

    def move(self, version: int) -> None:
        self.version = version
        self._moved.set()
        self._moved = asyncio.Event()


class Push:
    """All watchers of one host; an asynchronous context whose end stops them."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._known: dict[tuple[str, str], Changes] = {}
        self._watchers: list[asyncio.Task[None]] = []
        self._pushes: dict[str, bool] = {}

    async def changes(self, endpoint: str, *, database: str, container: str, verify: bool = True) -> Changes:
        """What wakes the readers of a container; a watcher is started on first use, if the server pushes."""
        place = (endpoint.rstrip("/"), f"dbs/{database}/colls/{container}")
        if place not in self._known:
            self._known[place] = Changes()
            if await self._is_pushing(place[0], verify=verify):
                watcher = self._watch(*place, self._known[place], verify=verify)
                self._watchers.append(asyncio.create_task(watcher))
        return self._known[place]

    def wake_all(self) -> None:
        for changes in self._known.values():
            changes.move(changes.version)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for watcher in self._watchers:
            watcher.cancel()
        await asyncio.gather(*self._watchers, return_exceptions=True)

    async def _is_pushing(self, endpoint: str, *, verify: bool) -> bool:
        if endpoint not in self._pushes:
            self._pushes[endpoint] = is_loopback(endpoint) and await self._probe(endpoint, verify=verify)
        return self._pushes[endpoint]

    async def _probe(self, endpoint: str, *, verify: bool) -> bool:
        try:
            async with self._session.get(f"{endpoint}/_local", timeout=_PROBE, ssl=verify) as response:
                return response.status == HTTPStatus.OK
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def _watch(self, endpoint: str, container: str, changes: Changes, *, verify: bool) -> None:
        while True:
            query = {"container": container, "after": str(changes.version), "wait": str(_HOLD_SECONDS)}
            try:
                url = f"{endpoint}/_local/changes"
                async with self._session.get(url, params=query, timeout=_ANSWER, ssl=verify) as response:
                    response.raise_for_status()
                    version = int((await response.json())["version"])
            except (aiohttp.ClientError, TimeoutError):
                # The server is away or is starting again; until it answers, the readers poll.
                await asyncio.sleep(_AGAIN_SECONDS)
                continue
            # A smaller number is a server that started again: its readers look once, too.
            if version != changes.version:
                changes.move(version)


def is_loopback(endpoint: str) -> bool:
    """Only a server on this machine is asked for something that Azure does not have."""
    host = urlsplit(endpoint).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
