"""Every parameter file, worked out to the plan it stands for."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from infra.checks import arguments, json_file
from infra.checks.deploy import Instance
from infra.checks.places import Finding, Place
from infra.checks.plan import Plan, at, records
from infra.checks.surroundings import SUBSCRIPTION, World
from infra.checks.template import Template, read
from infra.checks.values import Record

FOLDER = Path("infra")
# What a deployment is told from outside, because no file can know it; these checks make it up.
TOLD: Final = {
    "AZURE_PRINCIPAL_ID": "00000000-0000-0000-0000-00000000000a",
    "ORDERFLOW_PRODUCTION_SHARE": "a",
    "ORDERFLOW_AUTH_ISSUER": "https://login.microsoftonline.com/00000000-0000-0000-0000-00000000000b/v2.0",
    "ORDERFLOW_AUTH_AUDIENCE": "api://orderflow",
    "ORDERFLOW_AUTH_CLIENT_ID": "00000000-0000-0000-0000-00000000000c",
}


def files(root: Path, *patterns: str) -> Iterator[str]:
    """Paths below infra/, relative to the root, sorted."""
    for pattern in patterns:
        yield from sorted(path.relative_to(root).as_posix() for path in (root / FOLDER).rglob(pattern))


def plans(root: Path) -> tuple[Plan, ...]:
    return tuple(plan(root, file) for file in files(root, "*.bicepparam"))


def plan(root: Path, file: str, environ: Mapping[str, str] = TOLD) -> Plan:
    """The plan of one parameter file. Raises FileNotFoundError."""
    world, filled = World(root, environ), read(root, file)
    given = _given(world, filled)
    at = Place(file)
    try:
        template = world.template(f"{FOLDER}/{filled.using}")
    except FileNotFoundError:
        return Plan(_name(file), file, (), given, (Finding(at, "file", f"{filled.using} does not exist"),))
    world.findings += arguments.misfits(template, given, at)
    outputs = Instance(world, template, given, f"{SUBSCRIPTION}/resourceGroups/rg-orderflow-{_name(file)}").deploy()
    deployed = tuple(each for each in world.resources if not each.exists)
    return Plan(
        _name(file),
        file,
        deployed,
        outputs,
        tuple(dict.fromkeys(world.findings)),
        triggers=_names(root, "functions"),
        metrics=frozenset(_names(root, "metrics")),
    )


def _names(root: Path, what: str) -> tuple[str, ...]:
    """The names in infra/<what>.json; none when the file cannot be read, which the plan's findings say."""
    try:
        listed = at(json_file.load(root, f"{FOLDER}/{what}.json"), what)
    except (json_file.NotJson, FileNotFoundError):
        return ()
    return tuple(str(each.get("name")) for each in records(listed))


def _given(world: World, filled: Template) -> Record:
    instance, given = Instance(world, filled, Record(Place(filled.file)), ""), Record(Place(filled.file))
    for name, variable in filled.variables.items():
        given.put(name, instance.lookup(name, variable.at), variable.at)
    return given


def _name(file: str) -> str:
    parts = Path(file).name.split(".")
    return parts[1] if len(parts) > len(("main", "bicepparam")) else "azd"
