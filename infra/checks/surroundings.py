"""What a template can ask about where it stands: the files beside it, its resource group, what it is told."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from infra.checks import json_file
from infra.checks.nodes import Call
from infra.checks.places import Finding, Place
from infra.checks.template import Template, read
from infra.checks.values import Deployed, Record, Runtime, Value

SUBSCRIPTION: Final = "/subscriptions/00000000-0000-0000-0000-000000000000"


@dataclass(slots=True)
class World:
    """What all templates of one deployment share; `environ` is what parameter files are told from outside."""

    root: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    resources: list[Deployed] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    templates: dict[str, Template] = field(default_factory=dict)

    def template(self, file: str) -> Template:
        """Raises FileNotFoundError."""
        if file not in self.templates:
            self.templates[file] = read(self.root, file)
        return self.templates[file]


class Surroundings:
    """Those of one template that is deployed into one resource group."""

    def __init__(self, world: World, file: str, group: str) -> None:
        self._world, self._file, self._group = world, file, group

    def ask(self, call: Call, given: tuple[Value, ...]) -> Value:  # noqa: PLR0911 - one case for each function
        match call.function, *given:
            case "loadJsonContent", str(file):
                return self._load(call.at, file)
            case "loadTextContent", str(file):
                return self._text(call.at, file)
            case "resourceGroup", *_:
                name = self._group.rsplit("/", 1)[-1]
                return Record(call.at, {"id": self._group, "name": name, "location": "westeurope"})
            case "subscription", *_:
                return Record(call.at, {"id": SUBSCRIPTION, "subscriptionId": SUBSCRIPTION.rsplit("/", 1)[-1]})
            case "tenant", *_:
                return Record(call.at, {"tenantId": Runtime("tenant")})
            case "environment", *_:
                return Record(call.at, {"suffixes": Record(call.at, {"storage": "core.windows.net"})})
            case "resourceId", str(kind), *names:
                return resource_id(self._group, kind, "/".join(map(str, names)))
            case "subscriptionResourceId", str(kind), *names:
                return resource_id(SUBSCRIPTION, kind, "/".join(map(str, names)))
            case "readEnvironmentVariable", str(name), *default:
                return self._told(call.at, name, default)
            case _:
                raise KeyError(call.function)

    def _told(self, at: Place, name: str, default: list[Value]) -> Value:
        if name in self._world.environ:
            return self._world.environ[name]
        if not default:
            self._refuse(at, "parameter", f"nobody says {name}")
        return default[0] if default else Runtime(name)

    def _load(self, at: Place, file: str) -> Value:
        try:
            return json_file.load(self._world.root, self.beside(file))
        except json_file.NotJson as error:
            self._refuse(error.at, "file", f"not JSON: {error}")
        except FileNotFoundError:
            self._refuse(at, "file", f"{file} does not exist")
        return Runtime(file)

    def _text(self, at: Place, file: str) -> Value:
        try:
            return (self._world.root / self.beside(file)).read_text(encoding="utf-8")
        except FileNotFoundError:
            self._refuse(at, "file", f"{file} does not exist")
            return Runtime(file)

    def beside(self, file: str) -> str:
        return posixpath.normpath(posixpath.join(posixpath.dirname(self._file), file))

    def _refuse(self, at: Place, check: str, message: str) -> None:
        self._world.findings.append(Finding(at, check, message))


def resource_id(home: str, kind: str, name: str) -> str:
    provider, *types = kind.split("/")
    if kind == "Microsoft.Resources/resourceGroups":
        return f"{home}/resourceGroups/{name}"
    pairs = "/".join(f"{one}/{other}" for one, other in zip(types, name.split("/"), strict=False))
    return f"{home}/providers/{provider}/{pairs}"
