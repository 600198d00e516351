"""Sagas: the definition as a diagram, alone or with the way of one order through it."""

import argparse

from ops.command import Environ, Rows, on_app
from sagas import SAGAS
from shared.kernel import Misconfigured
from shared.kernel.saga_diagram import diagram
from shared.runtime import App


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", choices=("diagram",))
    parser.add_argument("order", nargs="?", help="whose way is laid over it; without one no settings are needed")


async def saga(environ: Environ, options: argparse.Namespace) -> Rows | None:
    if options.order:
        return await on_app(_way)(environ, options)
    print(diagram(SAGAS[-1]), end="")
    return None


async def _way(app: App, options: argparse.Namespace) -> None:
    instance = await app.sagas.find(options.order)
    if instance is None:
        raise Misconfigured(f"no saga was begun for an order {options.order}")
    print(diagram(app.sagas.definition(instance), instance.progress, instance.asked), end="")
