"""Waking up on a write: the local Cosmos server pushes the write counters of a container, any other one is polled.

One watcher per endpoint and container serves all its leases and functions. A reader takes the count of its range before
it reads the feed and waits for another one after it, so a write between the two is never slept over.
"""

import asyncio
import ipaddress
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Self
from urllib.parse import urlsplit

import aiohttp

_HOLD_SECONDS = 20
_AGAIN_SECONDS = 1.0
# A write is told at once there; what nobody tells, such as a split, is found by looking now and then.
_WHERE_PUSHED = timedelta(seconds=2)
_ANSWER = aiohttp.ClientTimeout(total=_HOLD_SECONDS + 10)
_PROBE = aiohttp.ClientTimeout(total=5)


# Whether the count is of the reader's own range, and how many transactions it has seen.
type Count = tuple[bool, int]


@dataclass(slots=True)
class Changes:
    """The write counters of one container as far as they are known here; 0 where nobody pushes.

    `ranges` counts by the id of a physical range; whoever reads something else is woken by every write.
    """

    version: int = 0
    ranges: Mapping[str, int] = field(default_factory=dict)
    is_pushed: bool = False
    _wakes: int = 0
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    def count(self, token: str) -> Count:
        return (True, self.ranges[token]) if token in self.ranges else (False, self.version)

    async def wait(self, token: str, seen: Count, *, within: timedelta) -> None:
        """Return when the count is no longer `seen`, at the latest after `within`, or later where writes are pushed."""
        wakes = self._wakes
        patience = max(within, _WHERE_PUSHED) if self.is_pushed else within
        with suppress(TimeoutError):
            async with asyncio.timeout(patience.total_seconds()):
                while self.count(token) == seen and self._wakes == wakes:
                    await self._moved.wait()

    def move(self, version: int, ranges: Mapping[str, int]) -> None:
        self.version, self.ranges, self.is_pushed = version, ranges, True
        self._stir()

    def wake(self) -> None:
        """Everybody looks once, and polls until somebody pushes again."""
        self.is_pushed = False
        self._wakes += 1
        self._stir()

    def _stir(self) -> None:
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
            changes.wake()

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
                    answer = await response.json()
            except (aiohttp.ClientError, TimeoutError):
                # The server is away or is starting again; until it answers, the readers poll.
                if changes.is_pushed:
                    changes.wake()
                await asyncio.sleep(_AGAIN_SECONDS)
                continue
            # A smaller number is a server that started again: its readers look once, too.
            changes.move(int(answer["version"]), answer["ranges"])


def is_loopback(endpoint: str) -> bool:
    """Only a server on this machine is asked for something that Azure does not have."""
    host = urlsplit(endpoint).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
