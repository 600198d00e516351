"""`python -m ops <command>`: a JSON array for programs, `--table` for people. Exit code 1 when something is undone."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from signal import SIGINT

from ops.commands import COMMANDS
from ops.show import json_array, table
from shared.kernel import Failure, Misconfigured, Refused


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    options = parser().parse_args(arguments)
    try:
        return asyncio.run(_run(options, {**values(options.settings), **environ}))
    except (Failure, Refused) as failure:
        print(f"ops: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + SIGINT


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m ops", description="Look after a running app, with its own settings.")
    commands = top.add_subparsers(dest="command", required=True)
    for name, command in COMMANDS.items():
        one = commands.add_parser(name, help=command.summary, description=command.summary)
        one.add_argument("--table", action="store_true", help="for people; the default is one JSON array")
        one.add_argument("--settings", type=Path, help="a local.settings.json; the environment wins over it")
        command.add_arguments(one)
    return top


def values(file: Path | None) -> Mapping[str, str]:
    """Raises Misconfigured when it is no settings file."""
    if file is None:
        return {}
    try:
        found = json.loads(file.read_text())["Values"]
        return {str(name): value for name, value in found.items() if isinstance(value, str)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Misconfigured(f"{file} is no settings file such as local.settings.json.example") from error


async def _run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    rows = await COMMANDS[options.command].run(environ, options)
    if rows is None:
        return 0
    print((table if options.table else json_array)(rows), end="")
    return COMMANDS[options.command].code(rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
