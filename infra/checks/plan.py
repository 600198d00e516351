"""What one environment would deploy: concrete resources, without Azure."""

from collections.abc import Iterator
from dataclasses import dataclass

from infra.checks.places import Finding, Place
from infra.checks.values import Deployed, Items, Record, Value


@dataclass(frozen=True, slots=True)
class Plan:
    """`name` is the environment; `outputs` are what the deployment says at its end.

    `triggers` are the functions that start by themselves, `metrics` those the app emits: what the files beside say.
    """

    name: str
    file: str
    resources: tuple[Deployed, ...]
    outputs: Record
    findings: tuple[Finding, ...]
    triggers: tuple[str, ...] = ()
    metrics: frozenset[str] = frozenset()

    def of(self, kind: str) -> tuple[Deployed, ...]:
        """All resources of exactly this type."""
        return tuple(each for each in self.resources if each.type.lower() == kind.lower())

    def containers(self) -> tuple[tuple[str, str, Deployed], ...]:
        """Every Cosmos DB container, with the names of its database and its own."""
        found = self.of("Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers")
        named = [(each.name.split("/"), each) for each in found]
        # One without its parent is refused where it stands.
        return tuple((names[1], names[2], each) for names, each in named if len(names) == len(("account", "db", "own")))

    def children(self, parent: Deployed, kind: str) -> tuple[Deployed, ...]:
        return tuple(each for each in self.of(f"{parent.type}/{kind}") if each.id.startswith(f"{parent.id}/"))

    def on(self, target: Deployed, kind: str) -> tuple[Deployed, ...]:
        """Extension resources of this type that extend the target or a part of it."""
        return tuple(
            each for each in self.of(kind) if each.scope == target.id or each.scope.startswith(f"{target.id}/")
        )


def at(value: Value, *path: str | int) -> Value:
    """What stands at a path below a value; None where there is nothing."""
    for step in path:
        if isinstance(value, Record) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, Items) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def get(resource: Deployed, *path: str | int) -> Value:
    return at(resource.body, *path)


def texts(value: Value) -> tuple[str, ...]:
    """The strings of an array."""
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, Items) else ()


def records(value: Value) -> tuple[Record, ...]:
    """The objects of an array."""
    return tuple(item for item in value if isinstance(item, Record)) if isinstance(value, Items) else ()


def leaves(value: Value, path: str = "") -> Iterator[tuple[str, Value]]:
    """Every scalar below a value, with its path."""
    match value:
        case Record():
            for key, inner in value.items():
                yield from leaves(inner, f"{path}.{key}" if path else key)
        case Items():
            for index, inner in enumerate(value):
                yield from leaves(inner, f"{path}[{index}]")
        case _:
            yield path, value


def place(resource: Deployed, *path: str | int) -> Place:
    """Where the last written step of a path stands."""
    found = resource.body.at
    value: Value = resource.body
    for step in path:
        if isinstance(value, Record) and isinstance(step, str) and step in value:
            found = value.place(step)
        value = at(value, step)
    return found


def amiss(resource: Deployed, check: str, message: str, *path: str | int) -> Finding:
    """A finding about a resource, at the place of the path."""
    return Finding(place(resource, *path), check, f"{resource.name}: {message}")


def must(resource: Deployed, check: str, *path: str, be: Value) -> Iterator[Finding]:
    """Nothing when exactly this value stands at the path."""
    found = get(resource, *path)
    if found != be:
        wrong = f"{'.'.join(path)} must be {be!r}, not {found!r:.60}"
        yield amiss(resource, check, wrong, *path)
