"""Every problem that the code can answer is in the catalogue, and the documentation says the same of each."""

import ast
import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus

import azure.functions as func
import orjson
import pytest

from api.access import RULES, Rule, rule_of
from api.access.allowance import TooManyRequests
from api.access.keys import KeysAway
from api.catalogue import PROBLEMS
from api.problem_page import _HTML
from api.problems import STATUS, UNREADABLE, Problem, _attempted, problem_of
from shared.kernel import Misconfigured, Poison, Refused, Throttled, Transient
from tests.programs import ROOT

HEADINGS = re.compile(r"^### (\w+)\n\n(\d{3}): (.+)\.\n\n(.+)$", re.MULTILINE)


def raised() -> Iterator[tuple[str, str, HTTPStatus]]:
    """Where, which code, with which status: Unacceptable(status, code, …), its two short spellings, Problem(…)."""
    for path in sorted((ROOT / "api").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Name(id="Unacceptable" | "Problem"),
                    args=[ast.Attribute(attr=status), ast.Constant(value=str(code)), *_],
                ):
                    yield f"{path.name}:{node.lineno}", code, HTTPStatus[status]
                case ast.Call(
                    func=ast.Attribute(attr="parameter" | "header", value=ast.Name(id="Unacceptable")),
                    args=[_, ast.Constant(value=str(code)), *_],
                ):
                    yield f"{path.name}:{node.lineno}", code, HTTPStatus.BAD_REQUEST
                case ast.Call(func=ast.Name(id="_unavailable"), args=[ast.Constant(value=str(code)), *_]):
                    yield f"{path.name}:{node.lineno}", code, HTTPStatus.SERVICE_UNAVAILABLE
                case _:
                    continue


def test_every_problem_that_is_raised_is_in_the_catalogue_with_its_status_and_no_other_is() -> None:
    found = [*raised(), *((kind.__name__, kind.code, status) for kind, status in STATUS.items())]
    found += [("Poison", reason, HTTPStatus.SERVICE_UNAVAILABLE) for reason in UNREADABLE]

    assert {(where, code, PROBLEMS[code].status) for where, code, _ in found} == set(found)
    assert {code for _, code, _ in found} == set(PROBLEMS)


def test_every_refusal_has_its_status() -> None:
    assert set(STATUS) == {kind for kind in Refused.__subclasses__() if kind.__module__.startswith("orders.")}


def test_the_documentation_says_of_each_what_the_catalogue_says() -> None:
    documented = HEADINGS.findall((ROOT / "docs/problems.md").read_text())

    assert documented == [(code, str(kind.status.value), kind.title, kind.remedy) for code, kind in PROBLEMS.items()]


def test_each_problem_has_its_place_on_the_page() -> None:
    assert set(re.findall(r'id="(\w+)"', _HTML)) == set(PROBLEMS)
    assert "http" not in _HTML


@pytest.mark.parametrize("code", PROBLEMS)
def test_a_title_says_it_without_a_full_stop_and_the_remedy_is_a_sentence(code: str) -> None:
    kind = PROBLEMS[code]

    assert not kind.title.endswith(".")
    assert kind.remedy.endswith(".")


def test_what_nobody_foresaw_is_500_and_says_nothing_of_itself(caplog: pytest.LogCaptureFixture) -> None:
    for error in (KeyError("canary"), Misconfigured("canary"), Poison("handler_failed", "canary"), RuntimeError()):
        problem = problem_of(error, "a-trace", "somewhere")

        assert (problem.status, problem.code) == (500, "internal")
        assert "canary" not in str(problem.body("a-trace"))
    assert "trace a-trace" in caplog.text


def test_what_passes_says_when_to_come_again() -> None:
    def after(error: Exception) -> tuple[int, str | None]:
        response = problem_of(error, "t", "w").response("t")
        return response.status_code, response.headers.get("Retry-After")

    assert after(Throttled("busy", retry_after=2.1)) == (503, "3")
    assert after(Transient("away")) == (503, "1")
    assert after(KeysAway("away")) == (503, "10")
    assert after(TimeoutError()) == (503, "1")
    assert after(TooManyRequests(7)) == (429, "7")


async def test_an_answer_that_is_not_there_in_time_is_no_longer_waited_for() -> None:
    ended = asyncio.Event()

    async def ask_in_vain(_: func.HttpRequest) -> func.HttpResponse:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        raise AssertionError

    request = func.HttpRequest("GET", "/api/docs", body=b"")
    answer = await _attempted(ask_in_vain, Rule(is_open=True, within=timedelta(0)), request)

    assert (answer.status_code, answer.headers["Retry-After"], ended.is_set()) == (503, "1", True)
    assert orjson.loads(answer.get_body())["code"] == "too_slow"


def test_every_route_has_a_time_that_the_platform_gives_it() -> None:
    assert all(timedelta(0) < rule.within < timedelta(seconds=230) for rule in (*RULES.values(), rule_of("any other")))


def test_a_problem_leads_to_its_place_and_names_its_trace() -> None:
    body = Problem(HTTPStatus.NOT_FOUND, "order_not_found", "no such order").body("4bf9")

    assert body == {
        "type": "/api/problems#order_not_found",
        "title": "There is no such order",
        "status": 404,
        "code": "order_not_found",
        "detail": "no such order",
        "traceId": "4bf9",
    }
