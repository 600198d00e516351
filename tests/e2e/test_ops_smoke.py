"""The deployment's smoke test passes on an app that lives, fails on one that does not, and writes to neither."""

import os
import subprocess

from tests.e2e.conftest import Store
from tests.programs import ROOT

SMOKE = ROOT / ".github" / "smoke.sh"


def smoked(url: str, *arguments: str, seconds: int) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "KEY": "a-key-nobody-shows", "WITHIN_SECONDS": str(seconds)}
    return subprocess.run([str(SMOKE), url, *arguments], capture_output=True, text=True, check=False, env=environ)


async def test_a_living_app_passes_and_keeps_what_it_has(served: str, shared_store: Store) -> None:
    before = await shared_store.items("orders")

    done = smoked(served, "--feeds", seconds=60)

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("passed") == 4
    assert await shared_store.items("orders") == before


def test_an_app_that_does_not_answer_is_named_and_the_key_is_not() -> None:
    done = smoked("http://127.0.0.1:9", seconds=1)

    assert done.returncode == 1
    assert "smoke: get /health did not pass at http://127.0.0.1:9" in done.stderr
    assert "a-key-nobody-shows" not in done.stdout + done.stderr
