"""`python -m local demo`: real baskets through the whole app, and a check of every row; 1 when anything is wrong."""

import argparse
import os
import sys

from local.demo.cache import NoBaskets, baskets
from local.demo.progress import Parts
from local.demo.run import RunFailed, measured
from local.serve.program import ProgramFailed
from local.serve.until_stopped import until_stopped


def add_arguments(parser: argparse.ArgumentParser) -> None:
    orders, as_json = os.environ.get("ORDERS") or "500", bool(os.environ.get("JSON"))
    parser.add_argument("--orders", type=int, default=orders, help="how many baskets to order (ORDERS; default 500)")
    parser.add_argument("--json", action="store_true", default=as_json, help="end with one line of JSON (JSON=1)")


def run(options: argparse.Namespace) -> int:
    if options.orders < 1:
        print("demo: ORDERS must be a whole number above 0", file=sys.stderr)
        return 2
    return until_stopped(demo(options.orders, as_json=options.json))


async def demo(orders: int, *, as_json: bool) -> int:
    parts = Parts()
    try:
        with parts.part(f"{orders} baskets read"):
            chosen = await baskets(orders)
        report = await measured(chosen, parts)
    except (NoBaskets, ProgramFailed, RunFailed) as failure:
        print(f"demo: {failure}", file=sys.stderr)
        return 1
    print(report.to_text(), file=sys.stderr if as_json else sys.stdout, flush=True)
    if as_json:
        print(report.to_json(), flush=True)
    return 0 if report.verdict.is_right else 1
