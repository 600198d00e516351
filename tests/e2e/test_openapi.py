"""The API does what its document says: the examples as they stand, and whatever else a stranger makes of it."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from api.openapi import examples
from local.schemas import DOCS
from shared.cosmos.provision import provision
from shared.settings import Settings
from tests.conftest import Endpoint
from tests.e2e.conftest import SAGA_OFF, Answer, Api, api_url, app_settings, host
from tests.openapi import OPERATIONS, conforms
from tests.programs import Program, eventually

# Neither an order that somebody moves by hand nor one that is deleted may have been shipped before.
WAITING = examples.NEW_ORDER | {"paymentToken": "tok_timeout_not_charged"}
# An app that is well has nothing that these could be done to.
OF_TROUBLE = {"show_lane", "edit_lane", "drop_lane", "act_on_saga"}
CONFIG = Path(__file__).with_name("schemathesis.toml")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "use_after_free",
    "ensure_resource_availability",
)


@pytest.fixture(scope="module")
def running(cosmos: Endpoint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """An app with everything on, sagas too."""
    settings = {name: value for name, value in app_settings(cosmos, uuid4().hex[:8]).items() if name not in SAGA_OFF}
    asyncio.run(provision(Settings.read(settings)))
    with host(settings, tmp_path_factory.mktemp("whole") / "host.log") as program:
        yield program
        assert program.end() == 0


@pytest.fixture(scope="module")
def whole(running: Program) -> str:
    return api_url(running)


async def test_every_example_gets_the_answer_that_is_promised(session: aiohttp.ClientSession, whole: str) -> None:
    api = Api(session, whole)
    for key, order_id in [(examples.KEY_TO_CANCEL, examples.TO_CANCEL), (examples.KEY_TO_DELETE, examples.TO_DELETE)]:
        placed = await api("POST", "/api/orders", json=WAITING, headers={"Idempotency-Key": key})
        assert placed.body["orderId"] == order_id

    # The order that the others speak of comes first.
    for path, method, said in sorted(OPERATIONS, key=lambda each: each[1] != "post"):
        if said["operationId"] in OF_TROUBLE:
            continue
        answer = await _answer(api, path, method, said)

        status, promised = next((int(code), one) for code, one in said["responses"].items() if code < "300")
        assert answer.status == status, (said["operationId"], answer)
        if contents := promised.get("content"):
            media = answer.headers["Content-Type"].partition(";")[0]
            assert media in contents
            if media == "application/json":
                conforms(answer.body, contents[media]["schema"])


async def _answer(api: Api, path: str, method: str, said: dict[str, Any]) -> Answer:
    """What is there only when its saga has begun is waited for."""
    given = {(each["in"], each["name"]): each.get("example") for each in said.get("parameters", [])}
    filled = path.format_map({name: value for (place, name), value in given.items() if place == "path"})
    parts = [
        {name: str(value) for (place, name), value in given.items() if place == wanted and value is not None}
        for wanted in ("query", "header")
    ]
    body = said.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")

    async def found() -> Answer | None:
        answer = await api(method.upper(), filled, params=parts[0], headers=parts[1], json=body)
        return answer if answer.status != 404 else None

    return await eventually(found, what=filled)


def made_up(app: Program, folder: Path, *options: str) -> int:
    """How many requests were made up from the document, valid and not, and in chains. All got documented answers."""
    report, before = folder / "report.json", len(app.said)
    schemathesis = Path(sys.executable).with_name("schemathesis")
    told = ("--no-color", "--generation-database", "none", "--report", "json", "--report-json-path", str(report))
    ended = subprocess.run(
        [
            *(schemathesis, "--config-file", CONFIG, "run", DOCS / "openapi.json", "--url", api_url(app)),
            *("--checks", ",".join(CHECKS), *told, *options),
        ],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found: dict[str, Any] = json.loads(report.read_text())
    assert found["operations"]["tested"] == found["operations"]["total"] == len(OPERATIONS)
    cases, said = int(found["test_cases"]["generated"]), app.said[before:]
    # The app's own word, since an order of a batch fails within an answer that is 200.
    assert "answered 500" not in said
    assert said.count("answered 503") <= cases // 100, said
    return cases


def test_no_request_gets_an_answer_that_is_not_documented(running: Program, tmp_path: Path) -> None:
    """A few of each kind. Waiting for views is left to the long run."""
    few = ("--phases", "examples,fuzzing,stateful", "--max-examples", "1", "--workers", "2")

    assert made_up(running, tmp_path, *few, "--header", "Prefer: stale-ok") > 2 * len(OPERATIONS)


@pytest.mark.long
def test_nor_does_any_of_thousands(running: Program, tmp_path: Path) -> None:
    assert made_up(running, tmp_path, "--max-examples", "200", "--workers", "4", "--continue-on-failure") > 2000
