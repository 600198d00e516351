"""The project's own programs, started by tests as a person would, and killed as an accident would."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGTERM, default_int_handler, signal

ROOT = Path(__file__).parents[1]
WITHIN_SECONDS = 60.0
LOOK_EVERY_SECONDS = 0.02


def until[T](look: Callable[[], T | None], *, what: str, within: float = WITHIN_SECONDS) -> T:
    """The first answer that is not None. Fails naming `what` when there is none in time."""
    deadline = time.monotonic() + within
    while (found := look()) is None:
        assert time.monotonic() < deadline, f"{what}: not within {within:.0f} s"
        time.sleep(LOOK_EVERY_SECONDS)
    return found


async def eventually[T](look: Callable[[], Awaitable[T | None]], *, what: str, within: float = WITHIN_SECONDS) -> T:
    """The same, for who looks by awaiting; a look that hangs ends then too."""
    try:
        async with asyncio.timeout(within):
            while (found := await look()) is None:
                await asyncio.sleep(LOOK_EVERY_SECONDS)
            return found
    except TimeoutError as late:
        raise AssertionError(f"{what}: not within {within:.0f} s") from late


@dataclass(frozen=True, slots=True)
class Program:
    process: subprocess.Popen[bytes]
    output: Path

    @property
    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def url(self, ready: str) -> str:
        """The address in the line that begins with `ready`, as soon as it is printed."""
        line = until(lambda: self._line(ready), what=f"a line {ready!r} from\n{self.said}")
        return next(word for word in line.split() if word.startswith("http://"))

    def kill(self) -> None:
        self.process.send_signal(SIGKILL)
        self.process.wait()

    def end(self) -> int:
        """Ask it to stop, as a platform does."""
        if self.process.poll() is None:
            self.process.send_signal(SIGTERM)
        return self.process.wait(timeout=WITHIN_SECONDS)

    def _line(self, ready: str) -> str | None:
        assert self.process.poll() is None, f"ended early:\n{self.said}"
        return next((line for line in self.said.splitlines() if line.startswith(ready) and "http" in line), None)


@contextmanager
def started(
    *module: str, output: Path, environ: Mapping[str, str] | None = None, checkout: Path = ROOT
) -> Iterator[Program]:
    """`python -m …` in the checkout; ended, however the test ends."""
    # Tests that run in the background ignore it, and so would their programs.
    before = signal(SIGINT, default_int_handler)
    try:
        with output.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", *module],
                cwd=checkout,
                env={**os.environ, **(environ or {})},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
    finally:
        signal(SIGINT, before)
    program = Program(process, output)
    try:
        yield program
    finally:
        if process.poll() is None:
            program.kill()
