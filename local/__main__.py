"""`python -m local <command>`: one line of the table per program."""

import argparse
import importlib
import sys
from typing import Final, Protocol, cast

COMMANDS: Final = {
    "chaos": ("local.chaos.command", "hosts killed and ranges split while orders are fulfilled, and every law checked"),
    "cosmos": ("local.cosmos.command", "an Azure Cosmos DB-compatible server"),
    "demo": ("local.demo.command", "real grocery baskets through the whole app, and a check of every row"),
    "eventhubs": ("local.eventhubs.command", "an Azure Event Hubs-compatible endpoint"),
    "host": ("local.host.command", "a Functions host for an app of the Python v2 model"),
    "serve": ("local.serve.command", "server and app together on their usual ports, until Ctrl-C"),
    "timeline": ("local.timeline.command", "a run with a reader that stops for a while, drawn as pictures"),
}


class Command(Protocol):
    """What each module of the table offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, options: argparse.Namespace) -> int: ...


def main(arguments: list[str]) -> int:
    """Only the module of the chosen command is imported, so that each one starts fast."""
    chosen = arguments[0] if arguments and arguments[0] in COMMANDS else None
    parser = argparse.ArgumentParser(prog="python -m local")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (_, summary) in COMMANDS.items():
        commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
    if chosen is None:
        parser.parse_args(arguments)
        return 2
    command = cast("Command", importlib.import_module(COMMANDS[chosen][0]))
    command.add_arguments(commands.choices[chosen])
    return command.run(parser.parse_args(arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
