"""The functions and bindings that the real worker library makes of function_app.py."""

import json
from pathlib import Path
from typing import Any

from tests.e2e.conftest import Api

GOLDEN = Path(__file__).parent / "functions.json"


async def test_the_app_has_exactly_these_functions_and_bindings(api: Api) -> None:
    found = sorted((await api("GET", "/admin/functions")).body, key=lambda function: function["name"])
    listed: list[dict[str, Any]] = [
        {"name": function["name"], "bindings": function["config"]["bindings"]} for function in found
    ]

    assert listed == json.loads(GOLDEN.read_text())
