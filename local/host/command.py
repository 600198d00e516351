"""`host`: run an Azure Functions app of the Python v2 model on this machine."""

import argparse
import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import TextIO

import uvloop

from local.host import host, host_json, log, settings_file
from local.host.errors import BadApp, HostError
from local.host.host import Options
from local.host.settings import Settings

_SETTINGS = "local.settings.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Run an Azure Functions app of the Python v2 model on this machine."""
    parser.add_argument("--app", type=Path, default=Path(), help="the folder of function_app.py (default: here)")
    parser.add_argument("--port", type=int, default=7071, help="0 takes a free one (default: 7071)")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)")
    parser.add_argument("--checkpoints", type=Path, help="file for the places in Event Hubs; without it, memory only")
    parser.add_argument("--settings", type=Path, help=f"default: {_SETTINGS} of the app, if it is there")
    parser.add_argument(
        "--newtonsoft-dates",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="rewrite date-looking strings of documents as the .NET host does (default: yes)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 after a clean stop, 1 when the app or a port is not in order, 2 for bad settings."""
    log.set_up()
    # What the app prints is its log; standard output keeps the one line that others wait for.
    terminal, sys.stdout = sys.stdout, sys.stderr
    try:
        return _run(arguments, terminal)
    except KeyboardInterrupt:  # before there was anything to give back
        return 130
    except HostError as error:
        _explain(error)
        return error.exit_code
    finally:
        sys.stdout = terminal


def _run(arguments: argparse.Namespace, terminal: TextIO) -> int:
    app: Path = arguments.app.resolve()
    _load_settings(app, arguments.settings)
    options = Options(app, arguments.host, arguments.port, arguments.newtonsoft_dates, arguments.checkpoints)
    settings = Settings.of(os.environ)
    prepared = host.run(
        options,
        settings=settings,
        host=host_json.read(app),
        say=lambda line: print(line, file=terminal, flush=True),
    )
    # The host's own loop only; the app runs on the loop it has in Azure.
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        is_settled = runner.run(prepared)
    if not is_settled:
        # The interpreter would wait for the thread of a function that may never return.
        logging.shutdown()
        os._exit(0)
    return 0


def _load_settings(app: Path, file: Path | None) -> None:
    if file is not None or (app / _SETTINGS).is_file():
        settings_file.load(file or app / _SETTINGS, os.environ)


def _explain(error: HostError) -> None:
    print(f"host: {error}", file=sys.stderr)
    if isinstance(error, BadApp) and error.trace:
        print(error.trace, file=sys.stderr)
