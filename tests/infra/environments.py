"""The plans of the real files, and copies of those files to spoil."""

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from infra.checks.code import Code, read
from infra.checks.environments import plans
from infra.checks.full_types import SETTING, FullTypes
from infra.checks.plan import Plan
from infra.checks.registry_types import RegistryTypes
from infra.checks.shapes import Types

ROOT = Path(__file__).parents[2]
ENVIRONMENTS = ("azd", "dev", "test", "prod")


@cache
def plan(environment: str) -> Plan:
    return {each.name: each for each in plans(ROOT)}[environment]


@cache
def app() -> Code:
    return read(ROOT)


def copied(to: Path) -> Path:
    """A tree with everything of infra/ that is deployed."""
    shutil.copytree(ROOT / "infra", to / "infra", ignore=shutil.ignore_patterns("checks", "__pycache__"))
    return to


def sources(environ: dict[str, str]) -> Iterator[tuple[str, Types]]:
    """The type data that this machine has: always that of the registry, the compiler's own when it is named."""
    yield "registry", RegistryTypes()
    if environ.get(SETTING):
        yield "full", FullTypes(Path(environ[SETTING]))
