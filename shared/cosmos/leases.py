"""The leases of consumers, as the trigger's host has stored them; each consumer's begin with its name."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from azure.cosmos.aio import ContainerProxy

from shared.cosmos.failures import translated
from shared.cosmos.spent import Spent
from shared.lag import Lease

_LEASES: Final = "SELECT * FROM c WHERE (IS_DEFINED(c.LeaseToken) OR IS_DEFINED(c.PartitionId))"
_OF_ONE: Final = f"{_LEASES} AND STARTSWITH(c.id, @prefix)"


async def leases_of(container: ContainerProxy, consumer: str) -> tuple[Lease, ...]:
    """Raises Transient when the store is away."""
    prefix: list[dict[str, Any]] = [{"name": "@prefix", "value": f"{consumer}-"}]
    with translated(f"leases of {consumer}"):
        return _leases([dict(item) async for item in container.query_items(_OF_ONE, parameters=prefix)])


async def all_leases(
    container: ContainerProxy, consumers: Sequence[str], spent: Spent
) -> Mapping[str, tuple[Lease, ...]]:
    """By consumer, in one query. Raises Transient when the store is away."""
    with translated("leases"):
        items = [dict(item) async for item in container.query_items(_LEASES, response_hook=spent.hear)]
    return {name: _leases([each for each in items if each["id"].startswith(f"{name}-")]) for name in consumers}


def _leases(items: Sequence[Mapping[str, Any]]) -> tuple[Lease, ...]:
    found = (lease for item in items if (lease := Lease.read(item)))
    return tuple(sorted(found, key=lambda lease: (len(lease.token), lease.token)))
