"""The sides of a comparison: servers as processes of their own, and what each has spent."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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
            yield Program(process.pid, int(process.stdout.readline().rsplit(":", 1)[1]))
        finally:
            process.terminate()


def cosmos(*options: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "local", "cosmos", "--port", "0", *options)


def echo() -> tuple[str, ...]:
    return (sys.executable, "-m", "benchmarks.echo")
