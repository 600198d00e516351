"""The API's document says all of it, and nothing else."""

import ast
import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import azure.functions as func
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from api import docs, routes
from api.catalogue import PROBLEMS
from api.openapi import document, doors, operations
from tests.openapi import DOCUMENT, OPERATIONS, conforms
from tests.programs import ROOT

PARSED = [ast.parse(path.read_text()) for path in (ROOT / "api").glob("*.py")]
# What OpenAPI tells by media types.
NO_PARAMETERS = {"content-type", "accept"}


def _calls(name: str) -> Iterator[ast.Call]:
    """Of a function or method with this name, anywhere in api/."""
    for node in (each for tree in PARSED for each in ast.walk(tree)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name:
            yield node


def _texts(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


def test_the_document_is_valid() -> None:
    validate(DOCUMENT, cls=OpenAPIV31SpecValidator)


def test_the_copy_in_docs_is_what_the_app_serves() -> None:
    assert json.loads(json.dumps(document(doors(routes.ROUTES)))) == DOCUMENT, "run python -m local.schemas"


def test_every_function_that_answers_http_is_in_it_and_nothing_else() -> None:
    functions = json.loads((ROOT / "tests/e2e/functions.json").read_text())
    triggers = [(one["name"], one["bindings"][0]) for one in functions]
    answering = {
        (f"/{trigger['route']}", method.lower(), name)
        for name, trigger in triggers
        if trigger["type"] == "httpTrigger"
        for method in trigger["methods"]
    }

    assert {(path, method, said["operationId"]) for path, method, said in OPERATIONS} == answering
    assert operations.OPERATIONS.keys() == {name for _, _, name in answering}


def test_an_open_door_needs_no_key_and_every_other_does() -> None:
    functions = json.loads((ROOT / "tests/e2e/functions.json").read_text())
    levels = {one["name"]: one["bindings"][0].get("authLevel") for one in functions}

    for _, _, said in OPERATIONS:
        assert bool(said["security"]) == (levels[said["operationId"]] != "ANONYMOUS")
        assert ("401" in said["responses"]) == bool(said["security"])


def test_who_may_use_a_route_is_what_the_rules_say() -> None:
    shown = {said["operationId"]: said["description"] for _, _, said in OPERATIONS}

    assert shown["get_docs"] == "Open to whoever comes."
    assert shown["place_order"] == "For the roles customer (own orders), operator."
    assert shown["get_daily_sales"] == "For the roles operator."
    assert {name for name, who in shown.items() if who.startswith("Open")} == {
        said["operationId"] for _, _, said in OPERATIONS if not said["security"]
    }


def test_a_history_shows_no_field_that_is_kept_from_those_who_read_all_events() -> None:
    shown = DOCUMENT["components"]["schemas"]

    assert {"lines", "total"} == shown["OrderPlaced"]["properties"].keys()
    assert "fingerprint" not in json.dumps(DOCUMENT)


def test_every_code_of_a_problem_is_documented_with_its_status() -> None:
    raised = {
        (HTTPStatus[getattr(call.args[0], "attr", "")], text)
        for call in _calls("Unacceptable")
        if len(call.args) > 1
        for text in _texts(call.args[1])
    }
    shown = {
        (status, code)
        for _, _, said in OPERATIONS
        for status, answer in said["responses"].items()
        for code in _codes(answer)
    }

    assert set() < raised <= {(kind.status, code) for code, kind in PROBLEMS.items()}
    assert shown == {(str(kind.status.value), code) for code, kind in PROBLEMS.items()}


def _codes(answer: dict[str, Any]) -> list[str]:
    name = answer.get("$ref", "").rpartition("/")[2]
    found = DOCUMENT["components"]["responses"][name] if name else answer
    return list(found.get("content", {}).get("application/problem+json", {}).get("examples", {}))


def test_every_parameter_and_header_that_is_read_is_documented() -> None:
    read = {
        text.lower()
        for call in _calls("get")
        if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value).endswith(("params", "headers"))
        for text in _texts(call.args[0])
    }
    read |= {text.lower() for name in ("path_id", "_day") for call in _calls(name) for text in _texts(call.args[1])}
    documented = {each["name"].lower() for _, _, said in OPERATIONS for each in said.get("parameters", [])}

    assert read - NO_PARAMETERS == documented


@pytest.mark.parametrize("said", [said for _, _, said in OPERATIONS], ids=lambda said: said["operationId"])
def test_every_example_is_what_its_schema_says(said: dict[str, Any]) -> None:
    for parameter in said.get("parameters", []):
        if "example" in parameter:
            conforms(parameter["example"], parameter["schema"])
    for part in [said.get("requestBody", {}), *said["responses"].values()]:
        for content in part.get("content", {}).values():
            shown = [content["example"]] if "example" in content else []
            for example in shown + [each["value"] for each in content.get("examples", {}).values()]:
                conforms(example, content["schema"])


def test_whoever_still_has_a_text_is_not_sent_it_again() -> None:
    text = docs.Text.of(b"all of it", "text/plain")

    for tags, status in [
        (text.etag, 304),
        (f"W/{text.etag}", 304),
        (f'"other", {text.etag}', 304),
        ("*", 304),
        ('"other"', 200),
        ("", 200),
    ]:
        asked = func.HttpRequest("GET", "/api/docs", headers={"If-None-Match": tags}, body=b"")
        answer = text.answer(asked)
        assert (answer.status_code, answer.headers["ETag"]) == (status, text.etag), tags
        assert answer.get_body() == (b"" if status == 304 else b"all of it")


def test_the_page_loads_nothing_from_elsewhere_and_runs_only_its_own_script() -> None:
    page = docs.PAGE.read_text()
    allowed = docs.policy(page)

    assert "://" not in page
    assert "src=" not in page
    assert "innerHTML" not in page
    assert allowed.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in allowed
    assert docs.policy(page.replace("start()", "other()")) != allowed
