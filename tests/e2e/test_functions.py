"""The functions and bindings that Microsoft's worker library makes of function_app.py."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.programs import ROOT

GOLDEN = Path(__file__).parent / "functions.json"
EXAMPLE = json.loads((ROOT / "local.settings.json.example").read_text())["Values"]
# One app per process is the worker library's own limit.
INDEX = """
import asyncio, dataclasses, json, pathlib
from local.host.worker import Worker
worker = asyncio.run(Worker.load(pathlib.Path(".")))
functions = sorted(worker.functions, key=lambda function: function.name)
listed = [dataclasses.asdict(function) for function in functions]
print(json.dumps([{part: one[part] for part in ("name", "bindings", "retry")} for one in listed], default=str))
"""


@pytest.fixture(scope="module")
def functions() -> list[dict[str, Any]]:
    indexed = subprocess.run(
        [sys.executable, "-c", INDEX],
        cwd=ROOT,
        env={**os.environ, **EXAMPLE},
        capture_output=True,
        check=True,
        text=True,
    )
    found: list[dict[str, Any]] = json.loads(indexed.stdout.splitlines()[-1])
    return found


def test_the_app_has_exactly_these_functions_and_bindings(functions: list[dict[str, Any]]) -> None:
    assert functions == json.loads(GOLDEN.read_text())


def test_every_feed_is_retried_without_end_from_its_own_place_and_from_the_beginning(
    functions: list[dict[str, Any]],
) -> None:
    feeds = [function for function in functions if function["bindings"][0]["type"] == "cosmosDBTrigger"]

    assert feeds
    for feed in feeds:
        trigger = feed["bindings"][0]
        assert feed["retry"]["max_retries"] == -1, feed["name"]
        assert trigger["leaseContainerPrefix"] == f"{feed['name']}-"
        assert trigger["startFromBeginning"] is True
        assert trigger["maxItemsPerInvocation"] == 100
