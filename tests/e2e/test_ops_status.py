"""`python -m ops status`: one screen of a running app, and an exit code for scripts."""

import json
import os
import subprocess
import sys

from shared.pipeline.status import exit_code
from tests.e2e.operating import said
from tests.programs import ROOT


def status(settings: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ops", "status", *options]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **settings}, capture_output=True, text=True, check=False, timeout=60
    )


def test_every_part_has_a_row_and_the_exit_code_says_the_worst(served: str, shared_settings: dict[str, str]) -> None:
    assert served

    done = said(shared_settings, "status")

    rows = json.loads(done.out)
    assert {row["about"] for row in rows} >= {"feed", "measured", "lane", "sagas", "outbox", "hub"}
    assert done.code == exit_code(row["outcome"] for row in rows)


def test_a_watch_draws_it_again(served: str, shared_settings: dict[str, str]) -> None:
    assert served

    shown = status(shared_settings | {"COLUMNS": "160"}, "--watch", "--rounds", "2", "--every", "0.01").stdout

    assert shown.count("outbox ") == 2


def test_people_can_have_a_table(served: str, shared_settings: dict[str, str]) -> None:
    assert served

    done = said(shared_settings, "status", "--table")

    first, *rows = done.out.splitlines()
    assert done.code in {0, 1}
    assert first.split()[:3] == ["about", "name", "outcome"]
    assert {row.split()[0] for row in rows} >= {"feed", "measured", "sagas", "outbox", "hub"}
