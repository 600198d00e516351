"""A stranger's first minute: a clone, Python 3.13 somewhere on the machine, and one command."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import Final

import pytest

ROOT = Path(__file__).parents[2]
SECONDS_FOR_INSTALLING: Final = 300
SECONDS_ONCE_READY: Final = 3
ORDERS: Final = 10

SHIM = "#!/bin/sh\necho 'pyenv: python3.13: command not found' >&2\nexit 127\n"


def clone_to(folder: Path) -> Path:
    """The files as they are now, whether committed or not; never what is ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        source, target = ROOT / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
            target.chmod(source.stat().st_mode)
    return folder


def strangers_environment(shims: Path) -> dict[str, str]:
    """No environment is active, and the first python3.13 on PATH is a shim with nothing behind it."""
    shims.mkdir()
    shim = shims / "python3.13"
    shim.write_text(SHIM)
    shim.chmod(0o755)
    ours = Path(sys.prefix) / "bin"
    path = [str(shims), *(part for part in os.environ["PATH"].split(os.pathsep) if Path(part) != ours)]
    kept = {name: value for name, value in os.environ.items() if name in {"HOME", "LANG", "TMPDIR"} or is_of_pip(name)}
    return {**kept, "PATH": os.pathsep.join(path)}


def is_of_pip(name: str) -> bool:
    """Where packages come from is the machine's affair: an index, a proxy, a certificate."""
    return name.startswith(("PIP_", "SSL_CERT_", "XDG_CACHE_")) or name.lower().endswith("_proxy")


def at_once(*commands: list[str], clone: Path, environ: Mapping[str, str]) -> list[tuple[str, str]]:
    """Standard output and error of each."""
    runs = [
        subprocess.Popen(each, cwd=clone, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for each in commands
    ]
    said = [run.communicate(timeout=SECONDS_FOR_INSTALLING) for run in runs]
    failed = [errors for run, (_, errors) in zip(runs, said, strict=True) if run.returncode]
    assert not failed, "\n".join(failed)
    return said


def test_make_demo_is_the_only_command_a_fresh_clone_needs(tmp_path: Path) -> None:
    clone, environ = clone_to(tmp_path / "clone"), strangers_environment(tmp_path / "shims")
    # What an interrupted first attempt leaves behind.
    (clone / ".venv").mkdir()
    (clone / ".venv" / ".building").touch()

    demo, ready = ["make", "demo", f"ORDERS={ORDERS}", "JSON=1"], ["make", "ready"]
    (said, demo_errors), (_, ready_errors) = at_once(demo, ready, clone=clone, environ=environ)
    began = monotonic()
    again = at_once(ready, ["local/setup.sh", "demo"], clone=clone, environ=environ)

    assert monotonic() - began < SECONDS_ONCE_READY
    assert sum("setup: .venv: installing" in errors for errors in (demo_errors, ready_errors)) == 1
    assert "setup:" not in "".join(errors for _, errors in again)
    found = json.loads(said.splitlines()[-1])
    assert found["orders"] == ORDERS
    assert {found[name] for name in ("view_mismatches", "lost", "duplicated")} == {0}


def test_without_python_3_13_one_paragraph_says_what_to_install(tmp_path: Path) -> None:
    clone = clone_to(tmp_path / "clone")
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("bash", "cat", "dirname"):
        (tools / tool).symlink_to(
            next(Path(folder) / tool for folder in ("/bin", "/usr/bin") if (Path(folder) / tool).exists())
        )
    if any(
        found
        for pattern in ("usr/bin", "usr/local/bin", "opt/*/bin", "opt/*/*/bin")
        for found in Path("/").glob(f"{pattern}/python3.13")
    ):
        pytest.skip("this machine has Python 3.13 where setup looks on every machine")

    done = subprocess.run(
        [clone / "local" / "setup.sh"],
        env={"HOME": str(tmp_path), "PATH": str(tools)},
        check=False,
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("setup: no Python 3.13 found.")
    assert not (clone / ".venv").exists()
