"""The baskets asked for, extracted once by the demo's own environment and kept in .demo/."""

import asyncio
from pathlib import Path
from typing import Final

from local.demo.baskets import Basket, from_json
from local.serve.program import ROOT

FOLDER: Final = ROOT / ".demo"


class NoBaskets(Exception):  # noqa: N818 - what is missing
    """The demo's environment is not there, or could not read the data."""


async def baskets(count: int, folder: Path = FOLDER) -> list[Basket]:
    """The first `count` baskets by time, or all there are. Raises NoBaskets."""
    file = folder / f"baskets-{count}.jsonl"
    if not file.exists():
        await _extract(count, file)
    with file.open(encoding="utf-8") as lines:
        return [from_json(line) for line in lines]


async def _extract(count: int, file: Path) -> None:
    python = FOLDER / "venv" / "bin" / "python"
    if not python.exists():
        raise NoBaskets("the demo's environment is missing; run `make demo`, or `local/setup.sh demo` before this")
    process = await asyncio.create_subprocess_exec(
        python, "-m", "local.demo.extract", str(count), str(file), cwd=ROOT, stdin=asyncio.subprocess.DEVNULL
    )
    try:
        if await process.wait():
            raise NoBaskets("the baskets could not be read; the lines above say why")
    finally:
        if process.returncode is None:
            process.kill()
