"""What an operator types and reads, without a process for each command.

That they run as processes as well is seen where they are killed, interrupted, watched, or stand in a page.
"""

import json
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from typing import Any

from ops.__main__ import main


@dataclass(frozen=True, slots=True)
class Said:
    code: int
    out: str
    error: str


def said(settings: Mapping[str, str], *arguments: str) -> Said:
    """What `python -m ops …` answers; in a thread, because it has an event loop of its own."""

    def run() -> int:
        try:
            return main(arguments, {**os.environ, **settings})
        except SystemExit as end:
            return int(str(end.code))

    out, error = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(error), ThreadPoolExecutor(1) as threads:
        code = threads.submit(run).result()
    return Said(code, out.getvalue(), error.getvalue())


def ops(settings: Mapping[str, str], *arguments: str, expect: int = 0) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(shown(settings, *arguments, expect=expect) or "[]")
    return rows


def shown(settings: Mapping[str, str], *arguments: str, expect: int = 0) -> str:
    done = said(settings, *arguments)
    assert done.code == expect, done.error
    return done.out
