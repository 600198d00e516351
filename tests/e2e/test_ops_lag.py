"""`python -m ops lag`: once as rows, or again and again on the screen."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from signal import SIGINT

from rich.console import Console

from ops.screen import Screen
from shared.settings import Settings
from shared.subscriptions import feeds_of
from tests.docs.blocks import blocks
from tests.programs import ROOT, started, until

ROWS = [{"consumer": "view", "lag": 30, "seconds": 1.5}, {"consumer": "other", "lag": 0, "seconds": None}]


def lag(settings: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ops", "lag", *options]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **settings}, capture_output=True, text=True, check=True, timeout=60
    )


def consumers(settings: dict[str, str]) -> list[str]:
    """Those that have all they need."""
    return [reader.name for readers in feeds_of(Settings.read(settings)).values() for reader in readers]


def test_every_lease_has_a_row_and_what_it_cost_is_said_beside(served: str, shared_settings: dict[str, str]) -> None:
    assert served

    done = lag(shared_settings, "--leases")

    rows = json.loads(done.stdout)
    running = {each for each in consumers(shared_settings) if f"AzureWebJobs_{each}_Disabled" not in shared_settings}
    assert {row["consumer"] for row in rows} >= running
    assert all(row["measure"] in {"counted", "reckoned"} and row["changes"] is not None for row in rows)
    assert done.stderr.startswith("lag: ")
    assert " RU" in done.stderr


def test_the_commands_of_the_runbook_work_as_they_stand(served: str, shared_settings: dict[str, str]) -> None:
    assert served
    (block,) = (block for block in blocks(ROOT / "docs/runbook.md") if "ops lag" in block.text)

    for command in block.text.splitlines():
        options = command.removeprefix("python -m ops lag ").split()
        assert lag(shared_settings, *options).stdout.startswith("consumer ")


def test_a_watch_of_two_rounds_draws_two_tables_with_every_consumer(
    served: str, shared_settings: dict[str, str]
) -> None:
    assert served

    shown = lag(shared_settings | {"COLUMNS": "160"}, "--watch", "--rounds", "2", "--every", "0.01").stdout

    known = consumers(shared_settings)
    assert [shown.count(f"{each} ") for each in known] == [2] * len(known)
    assert shown.count("requests") == 2


def test_ctrl_c_ends_a_watch_without_a_complaint(served: str, shared_settings: dict[str, str], tmp_path: Path) -> None:
    assert served

    command = ("ops", "lag", "--watch", "--every", "0.01")
    with started(*command, output=tmp_path / "said", environ=shared_settings) as program:
        until(lambda: "requests" in program.said or None, what="the first table")
        program.process.send_signal(SIGINT)

        assert program.process.wait(timeout=30) == 128 + SIGINT
    assert "Traceback" not in program.said


def test_on_a_terminal_each_table_is_drawn_over_the_last_and_the_last_one_stays() -> None:
    terminal = StringIO()

    with Screen(Console(file=terminal, force_terminal=True, width=80)) as screen:
        for moment in ("first", "second"):
            screen.show(ROWS, below=moment)

    _, over, last = terminal.getvalue().partition("\x1b[1A")
    assert over
    assert "second" in last
    assert "view" in last
