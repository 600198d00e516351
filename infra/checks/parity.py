"""The code and the infrastructure agree, both ways: names, keys, index paths, settings, connections."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from infra.checks import json_file
from infra.checks.code import Code
from infra.checks.environments import FOLDER
from infra.checks.places import Finding, Place
from infra.checks.plan import Plan, at, get, records, texts
from infra.checks.platform_settings import PLATFORM_SETTINGS, TOLD_BY_THE_PLATFORM
from infra.checks.policies.identity import ADDRESSES, app_settings
from infra.checks.policies.secrets import REFERENCED
from infra.checks.values import Record, Value

# Settings that the code understands and Azure is better without.
UNSET: Final = {"SAGA_STEP_SECONDS": "hurries every saga, for tests and demonstrations"}
# Declared before the code that uses them. One that is used has to leave this list.
AHEAD: Final[frozenset[str]] = frozenset()
# The host's own connection, which our code never opens.
HOST_STORAGE: Final = "AzureWebJobsStorage"
# The trigger's own container, which our code never writes.
OF_THE_HOST: Final = {"leases": "/id"}
# Cosmos DB indexes these itself (learn.microsoft.com/azure/cosmos-db/index-policy).
ALWAYS: Final = frozenset({"id", "_ts"})
# Indexed for a person who asks by hand.
BY_HAND: Final = frozenset({("poison", "since"), ("stock", "type")})


def functions_agree(_: Plan, app: Code, root: Path) -> Iterator[Finding]:
    file = f"{FOLDER}/functions.json"
    declared = {str(each.get("name")): each for each in _listed(root, file, "functions")}
    for name in sorted(app.triggers.keys() - declared.keys()):
        yield Finding(Place(file), functions_agree.__name__, f"the app has {name}, which staging would not switch off")
    for name, entry in declared.items():
        kind = app.triggers.get(name, {}).get("type")
        if kind != entry.get("trigger"):
            yield Finding(entry.at, functions_agree.__name__, f"{name} is {kind or 'no such function'} in the code")


def containers_agree(plan: Plan, app: Code, root: Path) -> Iterator[Finding]:
    check, file = containers_agree.__name__, Place(f"{FOLDER}/containers.json")
    deployed = {(database, name): each for database, name, each in plan.containers()}
    for database, name in sorted(app.containers ^ deployed.keys()):
        where = "the code needs it" if (database, name) in app.containers else "no code uses it"
        yield Finding(file, check, f"{database}/{name}: {where}")
    for (_, name), container in deployed.items():
        paths = texts(get(container, "properties", "resource", "partitionKey", "paths"))
        wanted = OF_THE_HOST.get(name) or app.keys.get(name)
        if paths != (wanted,):
            yield Finding(file, check, f"{name}: key {', '.join(paths)}, but the code writes {wanted}")
    named = {str(each.get("database")) for each in _listed(root, file.file, "containers")}
    if named != {database for database, _ in app.containers}:
        yield Finding(file, check, f"databases are {sorted(named)}, not those of the settings")


def indexes_agree(plan: Plan, app: Code, _root: Path) -> Iterator[Finding]:
    """A path that no query uses costs every write; one that is missing makes a query a scan."""
    check, file = indexes_agree.__name__, Place(f"{FOLDER}/containers.json")
    for _, name, container in plan.containers():
        policy = get(container, "properties", "resource", "indexingPolicy")
        included = {str(each.get("path")) for each in records(at(policy, "includedPaths"))}
        if included == {"/*"}:
            continue
        asked = {path for query in app.queries if query["container"] == name for path in query["paths"]}
        asked -= ALWAYS
        for path in sorted({f"/{each}/?" for each in asked} ^ included):
            if (name, path.strip("/?")) not in BY_HAND:
                wrong = "no query uses it" if path in included else "a query needs it"
                yield Finding(file, check, f"{name}: index path {path}: {wrong}")
        orders = {tuple(query["order"]) for query in app.queries if query["container"] == name and query["order"]}
        for order in sorted(orders ^ set(_composites(policy))):
            yield Finding(file, check, f"{name}: composite index {order} stands on one side only")


def settings_agree(plan: Plan, app: Code, _: Path) -> Iterator[Finding]:
    check = settings_agree.__name__
    for settings in app_settings(plan):
        found = get(settings, "properties")
        given = found if isinstance(found, Record) else Record(settings.at)
        connections = {name.split("__")[0] for name in given if name.endswith("__credential")} - {HOST_STORAGE}
        for name in sorted(app.settings - given.keys() - connections - UNSET.keys() - TOLD_BY_THE_PLATFORM):
            yield Finding(settings.at, check, f"{settings.name}: the code reads {name}")
        switches = {f"AzureWebJobs_{name}_Disabled" for name in plan.triggers}
        of_connections = {name for name in given if name.split("__")[0] in connections}
        for name in sorted(given.keys() - app.settings - switches - of_connections - PLATFORM_SETTINGS):
            yield Finding(given.place(name), check, f"{settings.name}: nobody reads {name}")
        for name in sorted(connections ^ (app.connections | app.settings & ADDRESSES.keys() - {HOST_STORAGE})):
            yield Finding(given.place(name), check, f"{settings.name}: connection {name} stands on one side only")
    if not app.settings >= REFERENCED - {"WEBSITE_CONTENTAZUREFILECONNECTIONSTRING"}:
        yield Finding(Place(plan.file), check, "a secret is kept that no code reads")


def hubs_agree(_: Plan, app: Code, root: Path) -> Iterator[Finding]:
    check, file = hubs_agree.__name__, f"{FOLDER}/eventhubs.json"
    hubs = {str(each.get("name")): each for each in _listed(root, file, "hubs")}
    received = {str(each["eventHubName"]): each for each in app.triggers.values() if each["type"] == "eventHubTrigger"}
    for name, binding in received.items():
        groups = texts(hubs[name].get("consumerGroups")) if name in hubs else ()
        if str(binding.get("consumerGroup", "$Default")) not in (*groups, "$Default"):
            yield Finding(Place(file), check, f"the code receives from {name} as {binding.get('consumerGroup')}")
    for name, hub in hubs.items():
        is_used = name in received if hub.get("appRole") == "receive" else name in app.texts
        if is_used == (name in AHEAD):
            advice = "take it out of AHEAD in infra/checks/parity.py" if is_used else "no code uses it"
            yield Finding(hub.at, check, f"hub {name}: {advice}")


type Agreement = Callable[[Plan, Code, Path], Iterator[Finding]]
AGREEMENTS: tuple[Agreement, ...] = (functions_agree, containers_agree, indexes_agree, settings_agree, hubs_agree)


def disagreements(plan: Plan, app: Code, root: Path) -> Iterator[Finding]:
    for agreement in AGREEMENTS:
        yield from agreement(plan, app, root)


def _listed(root: Path, file: str, key: str) -> tuple[Record, ...]:
    try:
        return records(at(json_file.load(root, file), key))
    except (json_file.NotJson, FileNotFoundError):
        return ()


def _composites(policy: Value) -> Iterator[tuple[str, ...]]:
    composites = at(policy, "compositeIndexes")
    for index in range(len(composites) if isinstance(composites, list) else 0):
        yield tuple(str(each.get("path")).strip("/") for each in records(at(composites, index)))
