"""All checks over one tree."""

import json
import os
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from infra.checks.code import Code
from infra.checks.environments import FOLDER, files, plans
from infra.checks.full_types import SETTING, FullTypes
from infra.checks.parity import disagreements
from infra.checks.places import Finding, Place
from infra.checks.plan import Plan
from infra.checks.policies import POLICIES
from infra.checks.registry_types import RegistryTypes
from infra.checks.shapes import Types, misshapen
from infra.checks.symbols import misnamed, unread_outputs
from infra.checks.template import Template, read
from infra.checks.versions import unpinned


def types(environ: Mapping[str, str] = os.environ) -> Types:
    """The compiler's own type data when ARM_TYPES names a file of them, else those of the azure-mgmt packages."""
    return FullTypes(Path(environ[SETTING])) if environ.get(SETTING) else RegistryTypes()


def findings(root: Path, known: Types, app: Code | None = None) -> tuple[Finding, ...]:
    """Everything wrong in the tree, each once, in the order of the files. Without `app`, the code is not asked."""
    templates = {file: read(root, file) for file in files(root, "*.bicep", "*.bicepparam")}
    worked_out = plans(root)
    found = [*_static(templates), *_stray(root, templates)]
    for plan in worked_out:
        found += plan.findings
        found += _shaped(plan, known)
        found += _kept(plan)
        found += disagreements(plan, app, root) if app else ()
    return tuple(sorted(set(found)))


def _static(templates: Mapping[str, Template]) -> Iterator[Finding]:
    for template in templates.values():
        yield from template.findings
        yield from misnamed(template)
        yield from unpinned(template)
        modules = {name: templates.get(_beside(template.file, each.file)) for name, each in template.modules.items()}
        yield from unread_outputs(template, {name: found for name, found in modules.items() if found})


def _shaped(plan: Plan, known: Types) -> Iterator[Finding]:
    for resource in plan.resources:
        yield from misshapen(resource, known)


def _kept(plan: Plan) -> Iterator[Finding]:
    for policy in POLICIES:
        for finding in policy(plan):
            yield Finding(finding.place, finding.check, f"{plan.name}: {finding.message}")


def _stray(root: Path, templates: Mapping[str, Template]) -> Iterator[Finding]:
    """Files that nothing reads, and JSON that cannot be read."""
    used = {_beside(each.file, module.file) for each in templates.values() for module in each.modules.values()}
    used |= {_beside(each.file, each.using) for each in templates.values() if each.using}
    for file in files(root, "*.bicep"):
        if file not in used:
            yield Finding(Place(file), "stray", "no environment deploys this file")
    alerts = root / FOLDER / "alerts.json"
    asked = alerts.read_text(encoding="utf-8") if alerts.exists() else ""
    for file in files(root, "*.kql"):
        if f'"{Path(file).stem}"' not in asked:
            yield Finding(Place(file), "stray", "no alert asks this query")
    yield from _unreadable(root, files(root, "*.json"))


def _unreadable(root: Path, names: Iterable[str]) -> Iterator[Finding]:
    for name in names:
        try:
            json.loads((root / name).read_text(encoding="utf-8"))
        except json.JSONDecodeError as error:
            yield Finding(Place(name, error.lineno), "file", f"not JSON: {error.msg}")


def _beside(file: str, other: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(file) or str(FOLDER), other))
