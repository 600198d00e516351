"""Starting: one line when ready, and an exit code that says why not."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.host.conftest import Run, Write
from tests.programs import ROOT

PING = """
@app.function_name("ping")
@app.route(route="ping")
def ping(req: func.HttpRequest) -> str:
    print("pinged")
    return os.environ.get("WHO", "nobody")
"""
HUB = """
@app.function_name("hub")
@app.event_hub_message_trigger(arg_name="event", connection="HUB", event_hub_name="orders")
def hub(event: func.EventHubEvent) -> None: ...
"""
WARM_UP = """
@app.function_name("warm")
@app.warm_up_trigger("context")
def warm(context) -> None:
    note(warm=True)
"""


def ended(app: Path, *options: str, environ: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """A host that is expected to end by itself."""
    return subprocess.run(
        [sys.executable, "-m", "local.host", "--app", str(app), "--port", "0", *options],
        cwd=ROOT,
        env={**os.environ, **(environ or {})},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_one_line_on_standard_output_is_printed_when_everything_runs(write_app: Write) -> None:
    app = write_app("print('imported')\n" + PING)

    with subprocess.Popen(
        [sys.executable, "-m", "local.host", "--app", str(app), "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.terminate()
        rest = process.stdout.read()

    assert first.startswith("host: running on http://127.0.0.1:")
    assert first.endswith(" (1 functions)\n")
    assert (rest, process.returncode) == ("", 0)


def test_a_broken_app_ends_with_1_and_the_workers_message(write_app: Write) -> None:
    result = ended(write_app(PING + "\n\nimport nowhere_to_be_found\n"))

    assert result.returncode == 1
    assert "No module named 'nowhere_to_be_found'" in result.stderr
    assert "function_app.py" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "no functions found"),
        ("raise SystemExit('not today')", "not today"),
        ("application = app\n" + PING, "More than one FunctionApp"),
        ("@app.route(route='x')\ndef x(wrong: str) -> str:\n    return ''", "x"),
    ],
)
def test_an_app_that_cannot_be_indexed_ends_with_1(write_app: Write, source: str, said: str) -> None:
    result = ended(write_app(source))

    assert result.returncode == 1
    assert said.lower() in result.stderr.lower()


def test_a_missing_setting_ends_with_2_and_names_function_and_setting(write_app: Write) -> None:
    source = """
    @app.function_name("feed")
    @app.cosmos_db_trigger(arg_name="docs", connection="NOWHERE", database_name="d", container_name="c")
    def feed(docs: func.DocumentList) -> None: ...
    """

    result = ended(write_app(source))

    assert result.returncode == 2
    assert "feed" in result.stderr
    assert "NOWHERE" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_missing_settings_file_ends_with_2(write_app: Write) -> None:
    result = ended(write_app(PING), "--settings", "nowhere.json")

    assert (result.returncode, "nowhere.json" in result.stderr) == (2, True)


def test_a_taken_port_ends_with_1_and_names_it(run: Run, write_app: Write) -> None:
    with run(PING) as hosted:
        port = hosted.url.rsplit(":", 1)[1]

        result = ended(write_app(PING), "--port", port)

    assert result.returncode == 1
    assert port in result.stderr


def test_settings_are_there_before_the_app_is_imported(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text('{"Values": {"WHO": "from the file", "TOLD": "by the file"}}')
    source = 'note(who=os.environ["WHO"], told=os.environ["TOLD"])\n' + PING

    with run(source, "--settings", str(file), environ={"WHO": "the environment"}) as hosted:
        assert hosted.url
        assert hosted.notes() == [{"who": "the environment", "told": "by the file"}]


def test_what_is_not_run_here_is_listed_and_said_in_one_line(run: Run) -> None:
    with run(PING + HUB) as hosted:
        assert hosted.url
        lines = [line for line in hosted.program.said.splitlines() if "hub" in line]

    assert len(lines) == 1
    assert "not run here yet" in lines[0]
    assert "(1 functions)" in hosted.program.said


def test_a_warm_up_runs_once_before_the_first_request(run: Run) -> None:
    with run(PING + WARM_UP) as hosted:
        assert hosted.url
        assert hosted.notes() == [{"warm": True}]
