"""The sides of a comparison: servers as processes of their own, and what each has spent."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

# How Linux numbers the clock of all CPU time of another process: clock_getcpuclockid(3), `CPUCLOCK_SCHED`.
_CPU_CLOCK: Final = 2
_CPU_CLOCK_BITS: Final = 3


@dataclass(frozen=True, slots=True)
class Program:
    process_id: int
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu_seconds(self) -> float:
        """All threads so far, user and system, to the nanosecond; on Linux."""
        return time.clock_gettime(~self.process_id << _CPU_CLOCK_BITS | _CPU_CLOCK)

    def most_memory_bytes(self) -> int:
        """The largest resident size so far."""
        status = Path(f"/proc/{self.process_id}/status").read_text(encoding="ascii")
        return 1024 * next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


@contextmanager
def listening(command: Sequence[str], environ: Mapping[str, str] | None = None) -> Iterator[Program]:
    """A program whose first line ends in its address."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as process:
        try:
            assert process.stdout is not None
            _place(process.pid)
            yield Program(process.pid, int(process.stdout.readline().rsplit(":", 1)[1]))
        finally:
            process.terminate()
            _displace()


@cache
def _cores() -> tuple[int, ...]:
    """Those of this process before it chose one; none where a process cannot choose."""
    return tuple(sorted(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else ()


def _place(process_id: int) -> None:
    """Whatever is measured on one core, whoever sends on another: nobody is moved, and both sides meet the same."""
    first, *others = _cores() or (0,)
    if others:
        os.sched_setaffinity(0, {first})
        os.sched_setaffinity(process_id, {others[-1]})


def _displace() -> None:
    if _cores():
        os.sched_setaffinity(0, _cores())


def cosmos(*options: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "local", "cosmos", "--port", "0", *options)


def echo() -> tuple[str, ...]:
    return (sys.executable, "-m", "benchmarks.echo")
