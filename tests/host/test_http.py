"""HTTP functions: what a request becomes and what an answer becomes, through the real worker library."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from yarl import URL

from tests.host.conftest import Hosted, Run, ask, hosted

APP = """
@app.function_name("echo")
@app.route(route="things/{id:int}/{*rest}", methods=["GET", "POST"])
async def echo(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    told = {"method": req.method, "url": req.url, "query": dict(req.params), "route": dict(req.route_params),
            "headers": dict(req.headers), "body": req.get_body().hex(),
            "trace": context.trace_context.trace_parent}
    return func.HttpResponse(json.dumps(told), mimetype="application/json")

@app.function_name("answer")
@app.route(route="answer")
def answer(req: func.HttpRequest) -> func.HttpResponse:
    body = bytes(range(256))
    response = func.HttpResponse(body, status_code=418, mimetype="image/x-test", headers={"X-Tea": "green"})
    response.headers.add("Set-Cookie", "a=1; Path=/; HttpOnly; SameSite=Lax; Max-Age=5")
    response.headers.add("Set-Cookie", "b=2; Domain=example.org; Secure; Expires=Wed, 21 Oct 2026 07:28:00 GMT")
    return response

@app.function_name("text")
@app.route(route="text")
async def text(req: func.HttpRequest) -> str:
    return "grüezi"

@app.function_name("raises")
@app.route(route="raises/{kind}")
async def raises(req: func.HttpRequest) -> str:
    kinds = {"value": ValueError, "exit": SystemExit, "cancelled": asyncio.CancelledError}
    raise kinds[req.route_params["kind"]]("secret")

@app.function_name("nothing")
@app.route(route="nothing")
async def nothing(req: func.HttpRequest) -> str:
    pass

@app.function_name("off")
@app.route(route="off")
async def off(req: func.HttpRequest) -> str:
    return "on"

@app.function_name("blocks")
@app.route(route="blocks")
async def blocks(req: func.HttpRequest) -> str:
    time.sleep(float(req.params["seconds"]))
    return "done"

@app.function_name("slow")
@app.route(route="slow")
async def slow(req: func.HttpRequest) -> str:
    await asyncio.sleep(60)
"""
OFF = {"AzureWebJobs_off_Disabled": "true"}


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    with hosted(
        tmp_path_factory.mktemp("http"), APP, environ=OFF, host_json={"functionTimeout": "00:00:02"}
    ) as running:
        assert running.url
        yield running


@pytest.fixture
async def session(host: Hosted) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(host.url) as opened:
        yield opened


async def test_a_request_arrives_whole(session: aiohttp.ClientSession) -> None:
    headers = [("X-Two", "1"), ("X-Two", "2"), ("traceparent", f"00-{'a' * 32}-{'b' * 16}-01")]
    body = bytes(range(256))

    async with session.post("/THINGS/7/a%20b/c%2Fd?q=1&q=2&e=&s=%C3%BC", data=body, headers=headers) as response:
        told: dict[str, Any] = await response.json()

    assert told["method"] == "POST"
    assert told["url"].endswith("/THINGS/7/a%20b/c%2Fd?q=1&q=2&e=&s=%C3%BC")
    assert told["query"] == {"q": "1,2", "s": "ü"}
    assert told["route"] == {"id": "7", "rest": "a b/c%2Fd"}
    assert told["headers"]["x-two"] == "1,2"
    assert bytes.fromhex(told["body"]) == body
    assert told["trace"].startswith(f"00-{'a' * 32}-")
    assert "b" * 16 not in told["trace"]


async def test_a_line_break_in_a_path_is_as_good_as_any_character(session: aiohttp.ClientSession) -> None:
    async with session.get(URL("/THINGS/7/a%0Ab/c", encoded=True)) as response:
        told: dict[str, Any] = await response.json()

    assert told["route"] == {"id": "7", "rest": "a\nb/c"}


async def test_an_answer_leaves_whole(session: aiohttp.ClientSession) -> None:
    async with session.get("/answer") as response:
        body = await response.read()

    assert (response.status, response.headers["X-Tea"], response.content_type) == (418, "green", "image/x-test")
    assert body == bytes(range(256))
    assert response.headers.getall("Set-Cookie") == [
        "a=1; max-age=5; path=/; samesite=lax; httponly",
        "b=2; expires=Wed, 21 Oct 2026 07:28:00 GMT; domain=example.org; secure",
    ]


async def test_text_is_an_answer_with_200(session: aiohttp.ClientSession) -> None:
    async with session.get("/text") as response:
        assert (response.status, await response.text()) == (200, "grüezi")


@pytest.mark.parametrize("path", ["/nowhere", "/things/seven", "/text/more", "/off", "/admin/functions/nowhere"])
async def test_no_route_no_fitting_parameter_and_a_disabled_function_are_404(
    session: aiohttp.ClientSession, path: str
) -> None:
    async with session.get(path) as response:
        assert (response.status, await response.read()) == (404, b"")


async def test_a_method_without_a_route_is_404_as_in_the_real_host(session: aiohttp.ClientSession) -> None:
    async with session.delete("/things/7") as response:
        assert response.status == 404


@pytest.mark.parametrize("path", ["/raises/value", "/raises/exit", "/raises/cancelled", "/nothing"])
async def test_whatever_escapes_a_function_is_500_without_a_word_and_the_host_goes_on(
    session: aiohttp.ClientSession, path: str
) -> None:
    async with session.get(path) as response:
        assert (response.status, await response.read()) == (500, b"")

    async with session.get("/text") as response:
        assert response.status == 200


async def test_a_function_that_takes_too_long_fails_its_attempt(session: aiohttp.ClientSession, host: Hosted) -> None:
    async with session.get("/slow") as response:
        assert response.status == 500

    assert "Timeout value of 0:00:02 exceeded by function: slow" in host.program.said


async def test_a_function_that_blocks_does_not_stop_the_host(session: aiohttp.ClientSession) -> None:
    blocked = asyncio.create_task(session.get("/blocks", params={"seconds": "1.5"}))

    async with session.get("/admin/host/status") as response:
        assert (response.status, (await response.json())["state"]) == (200, "Running")
    assert not blocked.done()
    async with await blocked as answered:
        assert await answered.text() == "done"


async def test_a_body_up_to_the_hosts_limit_reaches_the_function(session: aiohttp.ClientSession) -> None:
    async with session.post("/things/7", data=BytesIO(b"x" * 5_000_000)) as response:
        assert len((await response.json())["body"]) == 10_000_000


async def test_functions_are_listed_with_their_bindings_and_whether_they_are_off(
    session: aiohttp.ClientSession,
) -> None:
    async with session.get("/admin/functions") as response:
        listed = {one["name"]: one for one in await response.json()}

    assert list(listed) == sorted(listed)
    assert [name for name, one in listed.items() if one["isDisabled"]] == ["off"]
    assert listed["echo"]["config"]["bindings"][0]["route"] == "things/{id:int}/{*rest}"
    assert listed["text"]["invoke_url_template"].endswith("/text")


async def test_the_log_is_one_line_a_record_and_names_the_function(
    session: aiohttp.ClientSession, host: Hosted
) -> None:
    async with session.get("/raises/value"):
        pass

    lines = host.program.said.splitlines()
    assert all(line[2:3] == ":" or line.startswith("host: ") for line in lines)
    failed = [line for line in lines if "raises failed" in line and "ValueError: secret" in line]
    assert failed
    assert "Traceback" in failed[-1]


def test_a_function_that_never_returns_does_not_keep_the_host_from_ending(run: Run) -> None:
    hangs = """
    @app.function_name("hangs")
    @app.route(route="hangs")
    def hangs(req: func.HttpRequest) -> str:
        time.sleep(3600)
    """

    with run(hangs, host_json={"functionTimeout": "00:00:01"}) as hosted:
        assert ask("GET", f"{hosted.url}/hangs") == (500, None)

        assert hosted.program.end() == 0
