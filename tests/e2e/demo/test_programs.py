"""A program is started, heard and always ended, however its starter ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest

from local.serve.program import ROOT, ProgramFailed, running
from local.serve.settings import EXAMPLE, local_settings, with_server

WAITS = "import os, signal; print('ready', os.getpid(), flush=True); signal.pause()"
STARTER = f"""
import asyncio, os
from local.serve.program import running

async def main():
    async with running('waits', {(sys.executable, "-c", WAITS)!r}, ready='ready', settings=os.environ, hear=print):
        await asyncio.Event().wait()

asyncio.run(main())
"""


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def eventually(holds: Callable[[], bool]) -> bool:
    deadline = monotonic() + 10
    while not holds():
        if monotonic() > deadline:
            return False
        os.sched_yield()
    return True


async def test_a_program_is_heard_and_ends_with_its_block() -> None:
    heard: list[str] = []
    command = (sys.executable, "-c", WAITS)

    async with running(
        "waits", command, ready="ready", settings=os.environ, hear=lambda *said: heard.append(said[1])
    ) as (program, line):
        pid = int(line.split()[1])
        assert is_alive(pid)

    assert heard == [line]
    assert program.process.returncode == 128 + signal.SIGTERM
    assert not is_alive(pid)


async def test_a_program_that_ends_too_early_is_told_with_its_last_words() -> None:
    command = (sys.executable, "-c", "import sys; print('the port is taken'); sys.exit(3)")

    with pytest.raises(ProgramFailed, match=r"(?s)early ended with exit code 3.*early \| the port is taken"):
        async with running("early", command, ready="ready", settings=os.environ, hear=lambda *_: None):
            pass


def test_a_program_does_not_outlive_a_starter_that_was_killed() -> None:
    starter = subprocess.Popen([sys.executable, "-c", STARTER], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline().split()[2])

        starter.kill()

    assert eventually(lambda: not is_alive(pid))


def test_a_real_account_is_never_used_by_what_runs_here(tmp_path: Path) -> None:
    own = tmp_path / "local.settings.json"
    own.write_text('{"Values": {"COSMOS": "AccountEndpoint=https://real/;AccountKey=k;", "CURRENCY": "EUR"}}')
    environ = {"COSMOS__accountEndpoint": "https://real.documents.azure.com/", "FEED_POLL_DELAY_MS": "50"}

    settings = with_server(local_settings(environ, EXAMPLE, own), "http://127.0.0.1:5000")

    assert settings["COSMOS"].startswith("AccountEndpoint=http://127.0.0.1:5000/;AccountKey=C2y6")
    assert "COSMOS__accountEndpoint" not in settings
    assert (settings["CURRENCY"], settings["FEED_POLL_DELAY_MS"]) == ("EUR", "50")
    assert settings["COSMOS_DATABASE"] == "StoreDatabase"
