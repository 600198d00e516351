"""Databases and containers as infra/containers.json declares them, on any endpoint. In Azure, Bicep creates them.

`python -m shared.cosmos.provision [FILE]` reads the same settings as the app. Creates what is missing and changes what
may change; when a key would have to change it refuses before it has changed anything.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from azure.cosmos import PartitionKey, ThroughputProperties
from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import CosmosHttpResponseError, CosmosResourceNotFoundError

from shared.cosmos.account import Account
from shared.cosmos.declared import Declared, Difference, Live, autoscale, declared, differences, manual
from shared.cosmos.failures import translated
from shared.kernel import Failure, Misconfigured
from shared.settings import Settings

MODEL = Path("infra/containers.json")
# A serverless account answers 400, and the emulator may not know offers at all.
_WITHOUT_OFFERS = {400, 404, 405, 501}

type Outcome = Literal["missing", "differs", "refused", "as declared", "created", "changed"]


@dataclass(frozen=True, slots=True)
class Compared:
    """One container against the file: what the endpoint has, and what has to be done."""

    wanted: Declared
    live: Live | None
    differences: tuple[Difference, ...] = ()

    @property
    def outcome(self) -> Outcome:
        if self.live is None:
            return "missing"
        if any(each.is_fixed for each in self.differences):
            return "refused"
        return "differs" if self.differences else "as declared"

    def as_row(self, *, applied: bool = False) -> dict[str, object]:
        done: dict[Outcome, Outcome] = {"missing": "created", "differs": "changed"}
        outcome = done.get(self.outcome, self.outcome) if applied else self.outcome
        return {
            "container": self.wanted.path,
            "outcome": outcome,
            "differences": [asdict(each) for each in self.differences],
        }


async def provision(settings: Settings, model: Path = MODEL) -> tuple[Compared, ...]:
    """Make every container as declared; returns what was found before.

    Raises Misconfigured, with both keys, before anything is changed when a container's key is not the declared one.
    """
    async with Account(settings.cosmos) as account:
        found = await _all_compared(account, settings, model)
        refused = [f"{each.wanted.path}: {why}" for each in found for why in each.differences if why.is_fixed]
        if refused:
            raise Misconfigured("; ".join((*refused, "what cannot be changed needs a new container, nothing was done")))
        for each in found:
            with translated(each.wanted.path, writes=True):
                await (_create(account, each.wanted) if each.live is None else _change(account, each))
    return found


async def compare(settings: Settings, model: Path = MODEL) -> tuple[Compared, ...]:
    """Every declared container against the live one; changes nothing. One or two metadata reads each."""
    async with Account(settings.cosmos) as account:
        return await _all_compared(account, settings, model)


async def _all_compared(account: Account, settings: Settings, model: Path) -> tuple[Compared, ...]:
    names = {"database": settings.database, "leaseDatabase": settings.lease_database}
    wanted = await asyncio.to_thread(declared, model, names)
    return tuple([await _compared(account, each) for each in wanted])


async def _compared(account: Account, wanted: Declared) -> Compared:
    container = account.container(wanted.database, wanted.resource["id"])
    with translated(wanted.path):
        try:
            live = Live(await container.read(), await _throughput(container))
        except CosmosResourceNotFoundError:
            return Compared(wanted, live=None)
    return Compared(wanted, live, differences(wanted, live))


async def _throughput(container: ContainerProxy) -> str | None:
    try:
        offer = await container.get_throughput()
    except AttributeError:
        # No offer: 4.17.1 answers itself a 404 for it, and then stumbles over that (`_retry_utility_async`, 10004).
        return None
    except CosmosHttpResponseError as refused:
        if refused.status_code in _WITHOUT_OFFERS:
            return None
        raise
    if offer.auto_scale_max_throughput:
        return autoscale(offer.auto_scale_max_throughput)
    return manual(offer.offer_throughput) if offer.offer_throughput else None


async def _create(account: Account, wanted: Declared) -> None:
    resource = wanted.resource
    home = await account.client.create_database_if_not_exists(wanted.database)
    await home.create_container_if_not_exists(
        resource["id"],
        partition_key=_key(resource["partitionKey"]),
        indexing_policy=resource["indexingPolicy"],
        default_ttl=resource.get("defaultTtl"),
        unique_key_policy=resource.get("uniqueKeyPolicy"),
        computed_properties=resource.get("computedProperties"),
        offer_throughput=ThroughputProperties(auto_scale_max_throughput=wanted.max_throughput),
    )


async def _change(account: Account, found: Compared) -> None:
    resource, settings = found.wanted.resource, {each.setting for each in found.differences}
    if settings - {"throughput"}:
        await account.client.get_database_client(found.wanted.database).replace_container(
            resource["id"],
            partition_key=_key(resource["partitionKey"]),
            indexing_policy=resource["indexingPolicy"],
            default_ttl=resource.get("defaultTtl"),
            computed_properties=resource.get("computedProperties"),
        )
    if "throughput" in settings:
        container = account.container(found.wanted.database, resource["id"])
        await container.replace_throughput(ThroughputProperties(auto_scale_max_throughput=found.wanted.max_throughput))


def _key(declared_key: dict[str, Any]) -> PartitionKey:
    paths = declared_key["paths"]
    path = paths[0] if len(paths) == 1 else paths
    return PartitionKey(path=path, kind=declared_key["kind"], version=declared_key["version"])


def main(arguments: Sequence[str]) -> int:
    try:
        made = asyncio.run(provision(Settings.read(os.environ), Path(arguments[0]) if arguments else MODEL))
    except Failure as failure:
        sys.stderr.write(f"provision: {failure}\n")
        return 1
    sys.stdout.writelines(f"{each.wanted.path}\n" for each in made)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
