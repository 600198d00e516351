"""Sagas: the definition as a diagram, who needs attention, and what a person may do to one."""

import argparse

from ops import author
from ops.command import Environ, Rows, on_app
from ops.replay import dry_run, foreseen
from sagas import SAGAS
from shared.kernel import Misconfigured
from shared.kernel.saga_diagram import diagram
from shared.operating import desk_of
from shared.runtime import App


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", choices=("diagram", "attention", "retry", "skip", "compensate"))
    parser.add_argument("order", nargs="?", help="diagram: whose way is laid over it; retry, skip, compensate: whose")
    parser.add_argument("--step", default="", help="skip, compensate: only if it is at this step")
    dry_run(parser)
    author.arguments(parser, why="")


async def saga(environ: Environ, options: argparse.Namespace) -> Rows | None:
    match options.act:
        case "diagram" if not options.order:
            print(diagram(SAGAS[-1]), end="")
            return None
        case "diagram":
            return await on_app(_way)(environ, options)
        case "attention":
            return await on_app(_attention)(environ, options)
        case _:
            return await on_app(_act)(environ, options)


async def _way(app: App, options: argparse.Namespace) -> None:
    instance = await app.sagas.find(options.order)
    if instance is None:
        raise Misconfigured(f"no saga was begun for an order {options.order}")
    print(diagram(app.sagas.definition(instance), instance.progress, instance.asked), end="")


async def _attention(app: App, _: argparse.Namespace) -> Rows:
    return await desk_of(app).watchdog.attention()


async def _act(app: App, options: argparse.Namespace) -> Rows:
    if not options.order:
        raise Misconfigured(f"say whose saga to {options.act}")
    by, desk = author.author(options), desk_of(app).sagas
    if options.dry_run:
        return foreseen(await desk.rehearse(options.act, options.order, by, step=options.step))
    return [await desk.act(options.act, options.order, by, step=options.step)]
