"""`python -m infra.checks [DIRECTORY]`: prints what is wrong, one finding a line, and fails when there is any."""

import sys
from collections.abc import Sequence
from pathlib import Path

from infra.checks.check import findings, types
from infra.checks.code import UnloadableApp, read


def main(arguments: Sequence[str]) -> int:
    root = Path(arguments[0]) if arguments else Path()
    try:
        found = findings(root, types(), read(root))
    except UnloadableApp as error:
        sys.stderr.write(f"infra: the app does not load, so nothing was compared with it:\n{error}\n")
        return 1
    sys.stdout.writelines(f"{finding}\n" for finding in found)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
