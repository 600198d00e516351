"""Ends a program as soon as whoever started it is gone, even when that was killed: `python -m local.serve.leash …`.

The starter holds the other end of standard input. However it ends, the kernel closes that end.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from threading import Thread

PATIENCE_SECONDS = 10


def main(arguments: Sequence[str]) -> int:
    """The program's own exit code, or 128 + signal as a shell would say it."""
    program = subprocess.Popen(arguments, stdin=subprocess.DEVNULL)  # noqa: S603 - the project's own command line
    Thread(target=let_go, args=(program,), daemon=True).start()
    code = program.wait()
    return code if code >= 0 else 128 - code


def let_go(program: subprocess.Popen[bytes]) -> None:
    """Wait for the starter's end, then ask the program to stop, then make it."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    program.terminate()
    try:
        program.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        program.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
