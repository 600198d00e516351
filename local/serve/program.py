"""A program of this project in a process of its own: started, heard, and always ended."""

import asyncio
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final, NoReturn

ROOT: Final = Path(__file__).parents[2]
LAST_LINES: Final = 30
READY_WITHIN: Final = timedelta(seconds=180)
LONGEST_LINE: Final = 1 << 20

type Hear = Callable[[str, str], None]


class ProgramFailed(Exception):  # noqa: N818 - the name says who failed
    """A program ended, or never became ready. The message carries the last lines it wrote."""

    def __init__(self, program: "Program", what: str) -> None:
        super().__init__(f"{program.name} {what}\n{program.last_words}")


@dataclass(frozen=True, slots=True)
class Program:
    """`hear(name, line)` is called with every line the program writes."""

    name: str
    process: Process
    hear: Hear
    last_lines: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_LINES))

    @property
    def last_words(self) -> str:
        return "\n".join(f"  {self.name} | {line}" for line in self.last_lines)

    async def line_that_starts(self, ready: str) -> str:
        async for line in self._lines():
            if line.startswith(ready):
                return line
        raise await self._ended()

    async def ended(self) -> NoReturn:
        """Listen until the program ends, which a running one never should. Raises ProgramFailed."""
        async for _ in self._lines():
            pass
        raise await self._ended()

    async def stop(self) -> None:
        """Let go of the leash, which ends the program within its patience, and hear its last words."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        async for _ in self._lines():
            pass
        await self.process.wait()

    async def _lines(self) -> AsyncIterator[str]:
        if self.process.stdout is None:
            raise ValueError("the program was started without a pipe to hear it through")
        async for raw in self.process.stdout:
            line = raw.decode(errors="replace").rstrip()
            self.last_lines.append(line)
            self.hear(self.name, line)
            yield line

    async def _ended(self) -> ProgramFailed:
        return ProgramFailed(self, f"ended with exit code {await self.process.wait()}; its last lines:")


def module(*arguments: str) -> tuple[str, ...]:
    """The command line that runs a module of this checkout with this interpreter."""
    return (sys.executable, "-m", *arguments)


@asynccontextmanager
async def running(
    name: str, command: tuple[str, ...], *, ready: str, settings: Mapping[str, str], hear: Hear
) -> AsyncIterator[tuple[Program, str]]:
    """Yields the program and the line that began with `ready`. Raises ProgramFailed when that line never comes."""
    program = Program(name, await _start(module("local.serve.leash", *command), settings), hear)
    try:
        yield program, await _ready(program, ready)
    finally:
        await program.stop()


async def finished(name: str, command: tuple[str, ...], *, settings: Mapping[str, str], hear: Hear) -> None:
    """Run a program that ends by itself. Raises ProgramFailed unless it ends well."""
    program = Program(name, await _start(module("local.serve.leash", *command), settings), hear)
    try:
        await program.ended()
    except ProgramFailed:
        if program.process.returncode:
            raise
    finally:
        await program.stop()


async def _start(command: tuple[str, ...], settings: Mapping[str, str]) -> Process:
    # A session of its own: a terminal's Ctrl-C is for the starter, which then ends the rest in order.
    return await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        env=settings,
        stdin=PIPE,
        stdout=PIPE,
        stderr=STDOUT,
        limit=LONGEST_LINE,
        start_new_session=True,
    )


async def _ready(program: Program, ready: str) -> str:
    try:
        async with asyncio.timeout(READY_WITHIN.total_seconds()):
            return await program.line_that_starts(ready)
    except TimeoutError:
        seconds = READY_WITHIN.total_seconds()
        raise ProgramFailed(program, f"was not ready after {seconds:.0f} s; its last lines:") from None
