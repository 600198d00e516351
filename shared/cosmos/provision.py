"""Databases and containers as infra/containers.json declares them, on any endpoint. In Azure, Bicep does this.

`python -m shared.cosmos.provision [FILE]` reads the same settings as the app. What exists already is left as it is.
"""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from azure.cosmos import PartitionKey, ThroughputProperties

from shared.cosmos.account import Account
from shared.cosmos.failures import translated
from shared.kernel import Failure, Misconfigured
from shared.settings import Settings

MODEL = Path("infra/containers.json")


async def provision(settings: Settings, model: Path = MODEL) -> list[str]:
    """Create what is missing; returns the paths of all containers. Raises Misconfigured for a different key."""
    declared = json.loads(await asyncio.to_thread(model.read_text))
    names = {declared["database"]: settings.database, declared["leaseDatabase"]: settings.lease_database}
    async with Account(settings.cosmos) as account:
        return [await _ensure(account, names[entry["database"]], entry) for entry in declared["containers"]]


async def _ensure(account: Account, database: str, entry: dict[str, Any]) -> str:
    resource = entry["resource"]
    path = f"{database}/{resource['id']}"
    with translated(path):
        home = await account.client.create_database_if_not_exists(database)
        container = await home.create_container_if_not_exists(
            resource["id"],
            partition_key=PartitionKey(**_key(resource["partitionKey"])),
            indexing_policy=resource["indexingPolicy"],
            default_ttl=resource.get("defaultTtl"),
            unique_key_policy=resource.get("uniqueKeyPolicy"),
            offer_throughput=ThroughputProperties(auto_scale_max_throughput=entry["maxThroughput"]),
        )
        found = await container.read()
    if found["partitionKey"]["paths"] != resource["partitionKey"]["paths"]:
        raise Misconfigured(f"{path} exists with another partition key: {found['partitionKey']['paths']}")
    return path


def _key(declared: dict[str, Any]) -> dict[str, Any]:
    paths = declared["paths"]
    return {"path": paths[0] if len(paths) == 1 else paths, "kind": declared["kind"], "version": declared["version"]}


def main(arguments: Sequence[str]) -> int:
    try:
        made = asyncio.run(provision(Settings.read(os.environ), Path(arguments[0]) if arguments else MODEL))
    except Failure as failure:
        sys.stderr.write(f"provision: {failure}\n")
        return 1
    sys.stdout.writelines(f"{path}\n" for path in made)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
