"""What the app of a tree needs, as the app itself says it."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

# What starts by itself, and so must be off in staging.
STARTING: Final = frozenset({"cosmosDBTrigger", "eventHubTrigger", "timerTrigger"})


@dataclass(frozen=True, slots=True)
class Code:
    """What `code_facts` found out."""

    functions: Mapping[str, Mapping[str, Any]]
    settings: frozenset[str]
    containers: frozenset[tuple[str, str]]
    keys: Mapping[str, str]
    queries: tuple[Mapping[str, Any], ...]
    texts: frozenset[str]

    @property
    def triggers(self) -> dict[str, Mapping[str, Any]]:
        return {name: binding for name, binding in self.functions.items() if binding["type"] in STARTING}

    @property
    def connections(self) -> set[str]:
        return {str(binding["connection"]) for binding in self.functions.values() if binding.get("connection")}


class UnloadableApp(Exception):  # noqa: N818 - it states what the app is
    """The app did not start with the settings of its example."""


def read(root: Path) -> Code:
    """Loads the app of this tree, with the settings of its example. Raises UnloadableApp with its last words."""
    example = json.loads((root / "local.settings.json.example").read_text(encoding="utf-8"))["Values"]
    ran = subprocess.run(
        [sys.executable, "-m", "infra.checks.code_facts"],
        cwd=root,
        env={**os.environ, **example},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise UnloadableApp(ran.stderr[-2000:])
    found = json.loads(ran.stdout.splitlines()[-1])
    triggers = {each["name"]: _trigger(each["bindings"]) for each in found["functions"]}
    return Code(
        functions=triggers,
        settings=frozenset(found["settings"]),
        containers=frozenset((database, name) for database, name in found["containers"]),
        keys=found["keys"],
        queries=tuple(found["queries"]),
        texts=frozenset(found["texts"]),
    )


def _trigger(bindings: list[dict[str, Any]]) -> dict[str, Any]:
    return next(binding for binding in bindings if str(binding["type"]).endswith("Trigger"))
