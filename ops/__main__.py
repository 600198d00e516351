"""`python -m ops <command>`: JSON for programs, `--table` for people. Exit code 1 when something stayed undone."""

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping, Sequence

from ops.commands import COMMANDS
from ops.show import json_lines, table
from shared.kernel import Failure
from shared.runtime import compose
from shared.settings import Settings


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    options = parser().parse_args(arguments)
    try:
        return asyncio.run(_run(options, environ))
    except Failure as failure:
        print(f"ops: {failure}", file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m ops", description="Look after a running app, with its own settings.")
    commands = top.add_subparsers(dest="command", required=True)
    for name, command in COMMANDS.items():
        one = commands.add_parser(name, help=command.summary, description=command.summary)
        one.add_argument("--table", action="store_true", help="for people; the default is one JSON object a line")
        command.add_arguments(one)
    return top


async def _run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    app = compose(Settings.read(environ))
    try:
        rows = await COMMANDS[options.command].run(app, options)
    finally:
        await app.account.close()
    print((table if options.table else json_lines)(rows), end="")
    return 1 if any(row.get("outcome") == "still poison" for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
