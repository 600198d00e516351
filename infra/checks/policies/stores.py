"""What is stored stays: consistent, backed up, spread over zones, and as containers.json says."""

import re
from collections.abc import Iterator
from typing import Final

from infra.checks.places import Finding
from infra.checks.plan import Plan, amiss, at, get, must, place, records, texts
from infra.checks.values import Deployed, Items, Record, Value

_COSMOS: Final = "Microsoft.DocumentDB/databaseAccounts"
# The least staleness that Azure takes, in writes and seconds: for one region, for more.
_STALENESS: Final = {False: (10, 5), True: (100_000, 300)}
_UNIT: Final = 1000
_FEWEST_IN_ZONES: Final = 3
_LEASES: Final = "leases"


def reads_are_current(plan: Plan) -> Iterator[Finding]:
    """Nothing fences a decision not to write, so what it is made from must be current: one region writes."""
    check = reads_are_current.__name__
    for account in plan.of(_COSMOS):
        several = len(records(get(account, "properties", "locations"))) > 1
        prefix, seconds = _STALENESS[several]
        policy = ("properties", "consistencyPolicy")
        yield from must(account, check, *policy, "defaultConsistencyLevel", be="BoundedStaleness")
        yield from must(account, check, *policy, "maxStalenessPrefix", be=prefix)
        yield from must(account, check, *policy, "maxIntervalInSeconds", be=seconds)
        yield from must(account, check, "properties", "enableMultipleWriteLocations", be=False)
        yield from must(account, check, "properties", "enableAutomaticFailover", be=several)


def everything_says_where_it_is(plan: Plan) -> Iterator[Finding]:
    """What can be tagged is somewhere; Azure refuses it late when it does not say where."""
    check = everything_says_where_it_is.__name__
    for resource in plan.resources:
        if get(resource, "tags") is not None and not get(resource, "location"):
            yield amiss(resource, check, "says no location")
        for location in records(get(resource, "properties", "locations")):
            if not location.get("locationName"):
                yield amiss(resource, check, "has a region without a name", "properties", "locations")


def orders_can_be_restored(plan: Plan) -> Iterator[Finding]:
    check = orders_can_be_restored.__name__
    for account in plan.of(_COSMOS):
        yield from must(account, check, "properties", "backupPolicy", "type", be="Continuous")
        if plan.name == "prod":
            tier = ("properties", "backupPolicy", "continuousModeProperties", "tier")
            yield from must(account, check, *tier, be="Continuous30Days")
            if not plan.on(account, "Microsoft.Authorization/locks"):
                yield amiss(account, check, "production can be deleted by mistake")


def production_survives_a_zone(plan: Plan) -> Iterator[Finding]:
    check = production_survives_a_zone.__name__
    if plan.name != "prod":
        return
    for account in plan.of(_COSMOS):
        for location in records(get(account, "properties", "locations")):
            if location.get("isZoneRedundant") is not True:
                yield amiss(account, check, f"{location.get('locationName')} is in one zone", "properties", "locations")
    for farm in plan.of("Microsoft.Web/serverfarms"):
        yield from must(farm, check, "properties", "zoneRedundant", be=True)
        instances = get(farm, "sku", "capacity")
        if not isinstance(instances, int) or instances < _FEWEST_IN_ZONES:
            yield amiss(farm, check, f"{instances} instances cannot be in three zones", "sku", "capacity")
    for storage in plan.of("Microsoft.Storage/storageAccounts"):
        yield from must(storage, check, "sku", "name", be="Standard_ZRS")
    for namespace in plan.of("Microsoft.EventHub/namespaces"):
        yield from must(namespace, check, "properties", "zoneRedundant", be=True)


def containers_are_sound(plan: Plan) -> Iterator[Finding]:
    check = containers_are_sound.__name__
    for _, name, container in plan.containers():
        yield from must(container, check, "properties", "resource", "id", be=name)
        for message, path in _unsound(container):
            yield amiss(container, check, message, "properties", "resource", *path)
        yield from _throughput(plan, container)


def leases_fit_the_trigger(plan: Plan) -> Iterator[Finding]:
    """The trigger's own container: alone in its database, keyed by id."""
    check = leases_fit_the_trigger.__name__
    for database, name, container in plan.containers():
        alone = sum(other == database for other, _, _ in plan.containers()) == 1
        if name == _LEASES and (
            texts(get(container, "properties", "resource", "partitionKey", "paths")) != ("/id",) or not alone
        ):
            yield amiss(container, check, "leases need key /id and a database of their own", "properties", "resource")


def _unsound(container: Deployed) -> Iterator[tuple[str, tuple[str, ...]]]:
    resource = get(container, "properties", "resource")
    keys = texts(at(resource, "partitionKey", "paths"))
    if not keys or not all(re.fullmatch(r"/\w+", key) for key in keys):
        yield f"partition key {keys} is no top-level property", ("partitionKey",)
    if at(resource, "partitionKey", "version") != 2:  # noqa: PLR2004 - hash V2, which takes long keys
        yield "partition key is not version 2", ("partitionKey",)
    paths = [str(each.get("path")) for each in (*_paths(resource, "includedPaths"), *_paths(resource, "excludedPaths"))]
    if "/*" not in paths or len(paths) != len(set(paths)):
        yield f"index paths {paths} must say what becomes of /*, each once", ("indexingPolicy",)
    for path in paths:
        if not re.fullmatch(r'/\*|(/("[^"]+"|\w+|\[\]))+/[?*]', path):
            yield f"index path {path!r} does not end in /? or /*", ("indexingPolicy",)
    if not isinstance(at(resource, "defaultTtl"), int):
        yield "its time to live is not said", ()
    composites = at(resource, "indexingPolicy", "compositeIndexes")
    for composite in composites if isinstance(composites, Items) else ():
        if len(records(composite)) < 2:  # noqa: PLR2004 - one path is not composite
            yield "a composite index has two paths at least", ("indexingPolicy",)


def _throughput(plan: Plan, container: Deployed) -> Iterator[Finding]:
    own = get(container, "properties", "options", "autoscaleSettings", "maxThroughput")
    home = container.id.rsplit("/containers/", 1)[0]
    shared = [
        get(each, "properties", "options", "autoscaleSettings", "maxThroughput")
        for each in plan.of(f"{_COSMOS}/sqlDatabases")
        if each.id == home
    ]
    found = own if shared == [None] else shared[0] if own is None and shared else None
    if not isinstance(found, int) or found < _UNIT or found % _UNIT:
        where = place(container, "properties", "options")
        yield Finding(where, containers_are_sound.__name__, f"{container.name}: {found} RU/s is no multiple of {_UNIT}")


def _paths(resource: Value, which: str) -> tuple[Record, ...]:
    return records(at(resource, "indexingPolicy", which))
