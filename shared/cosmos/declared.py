"""What infra/containers.json says each container is, and where a live one differs from it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

type Resource = Mapping[str, Any]

# Cosmos DB adds it to every policy it stores.
_ETAG_PATH: Final = '/"_etag"/?'


@dataclass(frozen=True, slots=True)
class Declared:
    """One entry of the file. `maxThroughput` is the autoscale maximum in RU per second."""

    database: str
    resource: Resource
    max_throughput: int

    @property
    def path(self) -> str:
        return f"{self.database}/{self.resource['id']}"


@dataclass(frozen=True, slots=True)
class Live:
    """One container as its endpoint answers it. `throughput` is None where containers have none of their own."""

    resource: Resource
    throughput: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """`is_fixed` when only a new container could have what is declared."""

    setting: str
    live: object
    declared: object
    is_fixed: bool = False

    def __str__(self) -> str:
        return f"{self.setting} is {_text(self.live)} and is declared as {_text(self.declared)}"


def declared(file: Path, names: Mapping[str, str]) -> tuple[Declared, ...]:
    """Every container of the file. `names` says what its databases are called on this endpoint."""
    model = json.loads(file.read_text(encoding="utf-8"))
    called = {model["database"]: names["database"], model["leaseDatabase"]: names["leaseDatabase"]}
    return tuple(
        Declared(called[entry["database"]], entry["resource"], entry["maxThroughput"]) for entry in model["containers"]
    )


def autoscale(maximum: int) -> str:
    return f"autoscale to {maximum} RU/s"


def manual(throughput: int) -> str:
    return f"manual {throughput} RU/s"


def differences(wanted: Declared, live: Live) -> tuple[Difference, ...]:
    """Compares what is declared only: what the endpoint adds by itself is no difference, nor is the order of paths."""
    return tuple(_differences(wanted, live))


def _differences(wanted: Declared, live: Live) -> Iterator[Difference]:
    for setting, read, is_fixed in _COMPARED:
        ours, theirs = read(wanted.resource), read(live.resource)
        if ours != theirs:
            yield Difference(setting, theirs, ours, is_fixed)
    throughput = autoscale(wanted.max_throughput)
    if live.throughput not in {None, throughput}:
        # The data plane cannot turn manual into autoscale; `az cosmosdb sql container throughput migrate` can.
        yield Difference("throughput", live.throughput, throughput, str(live.throughput).startswith("manual"))


def _key(resource: Resource) -> object:
    key = resource["partitionKey"]
    return {"paths": key["paths"], "kind": key.get("kind", "Hash"), "version": key.get("version", 1)}


def _unique_keys(resource: Resource) -> object:
    keys = (resource.get("uniqueKeyPolicy") or {}).get("uniqueKeys", [])
    return sorted(sorted(key["paths"]) for key in keys)


def _time_to_live(resource: Resource) -> object:
    return resource.get("defaultTtl")


def _indexing(resource: Resource) -> object:
    policy = resource["indexingPolicy"]
    return {
        "indexingMode": str(policy.get("indexingMode", "consistent")).lower(),
        "automatic": policy.get("automatic", True),
        "includedPaths": _paths(policy.get("includedPaths") or ()),
        "excludedPaths": [path for path in _paths(policy.get("excludedPaths") or ()) if path != _ETAG_PATH],
        "compositeIndexes": sorted(
            [[part["path"], part.get("order", "ascending")] for part in index]
            for index in policy.get("compositeIndexes") or ()
        ),
    }


def _computed(resource: Resource) -> object:
    found = resource.get("computedProperties") or ()
    return sorted((each["name"], each["query"]) for each in found)


def _paths(entries: Sequence[Resource]) -> list[str]:
    return sorted(entry["path"] for entry in entries)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


_COMPARED: Final = (
    ("partitionKey", _key, True),
    ("uniqueKeyPolicy", _unique_keys, True),
    ("indexingPolicy", _indexing, False),
    ("defaultTtl", _time_to_live, False),
    ("computedProperties", _computed, False),
)
