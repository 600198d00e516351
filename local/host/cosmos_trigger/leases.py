"""The lease container of one feed: reads, conditional writes, and the set-up lock.

Every update is a replace with the etag of what was read. On 412 the item is read again, up to five times, and the
update is tried on the new version; a foreign owner means that the lease is lost. Source: DocumentServiceLeaseUpdater
and DocumentServiceLeaseManager of the .NET SDK.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from azure.core import MatchConditions
from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import CosmosHttpResponseError

from local.host.cosmos_trigger.lease import Lease, document, parse

_ATTEMPTS = 6
_LOCK_TIME = timedelta(seconds=30)


class LeaseLost(Exception):  # noqa: N818 - it states what happened; nothing is broken
    """Another host owns the lease, or it no longer exists."""


@dataclass(frozen=True, slots=True)
class Leases:
    """The leases of the feed called `feed`, as `owner` sees them; `now` is the clock."""

    container: ContainerProxy
    feed: str
    owner: str
    now: Callable[[], datetime]

    async def all(self) -> tuple[Lease, ...]:
        query = "SELECT * FROM c WHERE STARTSWITH(c.id, @start)"
        parameters: list[dict[str, Any]] = [{"name": "@start", "value": f"{self.feed}.."}]
        return tuple([parse(item) async for item in self.container.query_items(query, parameters=parameters)])

    async def is_set_up(self) -> bool:
        return await self._read(f"{self.feed}.info") is not None

    async def lock(self) -> str | None:
        """The etag of the set-up lock, or None when another host holds it; it expires by itself."""
        seconds = int(_LOCK_TIME.total_seconds())
        item = await self._create({"id": f"{self.feed}.lock", "ttl": seconds})
        return item["_etag"] if item else None

    async def unlock(self, etag: str) -> None:
        await self._delete(f"{self.feed}.lock", etag=etag)

    async def mark_set_up(self) -> None:
        await self._create({"id": f"{self.feed}.info"})

    async def add(self, lease: Lease) -> Lease | None:
        """The stored lease, or None when another host has added it."""
        item = await self._create(document(lease))
        return parse(item) if item else None

    async def remove(self, lease: Lease) -> None:
        await self._delete(lease.id)

    async def acquire(self, lease: Lease) -> Lease:
        """`lease` as mine; raises LeaseLost when its owner has changed since it was read."""
        return await self._update(lease, expected=lease.owner, change=lambda found: replace(found, owner=self.owner))

    async def renew(self, lease: Lease) -> None:
        await self._update(await self._fresh(lease), expected=self.owner, change=lambda found: found)

    async def checkpoint(self, lease: Lease, continuation: str) -> Lease:
        return await self._update(
            lease, expected=self.owner, change=lambda found: replace(found, continuation=continuation)
        )

    async def release(self, lease: Lease) -> None:
        await self._update(
            await self._fresh(lease), expected=self.owner, change=lambda found: replace(found, owner=None)
        )

    async def _update(self, lease: Lease, *, expected: str | None, change: Callable[[Lease], Lease]) -> Lease:
        found = lease
        for _ in range(_ATTEMPTS):
            if found.owner != expected:
                raise LeaseLost(f"lease {lease.token} was taken over by {found.owner}")
            changed = replace(change(found), touched=self.now())
            stored = await self._replace(changed)
            if stored is not None:
                return stored
            found = await self._fresh(lease)
        raise LeaseLost(f"lease {lease.token} was changed by somebody else {_ATTEMPTS} times in a row")

    async def _replace(self, lease: Lease) -> Lease | None:
        try:
            item = await self.container.replace_item(
                lease.id, document(lease), etag=lease.etag, match_condition=MatchConditions.IfNotModified
            )
        except CosmosHttpResponseError as error:
            if error.status_code == HTTPStatus.PRECONDITION_FAILED:
                return None
            if error.status_code == HTTPStatus.NOT_FOUND:
                raise LeaseLost(f"lease {lease.token} no longer exists") from error
            raise
        return parse(item)

    async def _fresh(self, lease: Lease) -> Lease:
        item = await self._read(lease.id)
        if item is None:
            raise LeaseLost(f"lease {lease.token} no longer exists")
        return parse(item)

    async def _read(self, identity: str) -> dict[str, Any] | None:
        try:
            return dict(await self.container.read_item(identity, identity))
        except CosmosHttpResponseError as error:
            if error.status_code == HTTPStatus.NOT_FOUND:
                return None
            raise

    async def _create(self, item: dict[str, Any]) -> dict[str, Any] | None:
        try:
            return dict(await self.container.create_item(item))
        except CosmosHttpResponseError as error:
            if error.status_code == HTTPStatus.CONFLICT:
                return None
            raise

    async def _delete(self, identity: str, **conditions: Any) -> None:  # noqa: ANN401 - the SDK's own keywords
        if conditions:
            conditions["match_condition"] = MatchConditions.IfNotModified
        try:
            await self.container.delete_item(identity, identity, **conditions)
        except CosmosHttpResponseError as error:
            if error.status_code not in {HTTPStatus.NOT_FOUND, HTTPStatus.PRECONDITION_FAILED}:
                raise
