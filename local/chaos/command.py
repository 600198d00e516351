"""`python -m local chaos`: hosts and Event Hubs killed, ranges split under orders; 1 when any law is broken then."""

import argparse
import asyncio
import os
import secrets
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

import aiohttp
from azure.eventhub.exceptions import EventHubError

from local.chaos.door import NoAnswer
from local.chaos.on_call import Parked
from local.chaos.plan import Kill, KillHubs, Merge, Split
from local.chaos.run import Outcome, tormented
from local.demo.door import UnexpectedAnswer
from local.demo.published import NotRead
from local.demo.rows import BadRow
from local.demo.settled import NotSettled
from local.serve.program import ProgramFailed
from local.serve.until_stopped import until_stopped

BROKEN: Final = (
    aiohttp.ClientError,
    BadRow,
    EventHubError,
    NoAnswer,
    NotRead,
    NotSettled,
    Parked,
    ProgramFailed,
    TimeoutError,
    UnexpectedAnswer,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    orders, seed, runs = (os.environ.get(name) or default for name, default in _DEFAULTS.items())
    parser.add_argument("--orders", type=int, default=orders, help="in each run (ORDERS; default 40)")
    parser.add_argument("--seed", type=int, default=seed, help="of the first run (SEED; else drawn, and said)")
    parser.add_argument("--runs", type=int, default=runs, help="each with the next seed (RUNS; default 1)")


_DEFAULTS: Final = {"ORDERS": "40", "SEED": None, "RUNS": "1"}


def run(options: argparse.Namespace) -> int:
    if options.orders < 1 or options.runs < 1:
        print("chaos: ORDERS and RUNS must be whole numbers above 0", file=sys.stderr)
        return 2
    first = secrets.randbelow(1_000_000) if options.seed is None else options.seed
    return until_stopped(chaos(options.orders, range(first, first + options.runs)))


async def chaos(orders: int, seeds: Sequence[int], *, at_once: int = 1) -> int:
    """The exit code; what was seen is printed."""
    room = asyncio.Semaphore(at_once)

    async def holds(seed: int) -> bool:
        async with room:
            return await _holds(orders, seed)

    held = await asyncio.gather(*map(holds, seeds))
    for seed in (seed for seed, did_hold in zip(seeds, held, strict=True) if not did_hold):
        print(f"chaos: to see it again: python -m local chaos --orders {orders} --seed {seed}", flush=True)
    return 0 if all(held) else 1


async def _holds(orders: int, seed: int) -> bool:
    """What a broken run has stored and said stays where the last line says."""
    folder = Path(mkdtemp(prefix=f"orderflow-chaos-{seed}-"))
    with (folder / "said.log").open("w", encoding="utf-8") as log:
        try:
            outcome = await tormented(orders, seed, folder=folder, hear=lambda *said: print(*said, file=log))
        except BROKEN as failure:
            print(f"seed {seed}: BROKEN, {type(failure).__name__}: {failure}\n  {folder}", flush=True)
            return False
    print(f"seed {seed}: {told(outcome)}", flush=True)
    if outcome.verdict.is_right:
        shutil.rmtree(folder)
    else:
        print(f"  {folder}", flush=True)
    return outcome.verdict.is_right


def told(outcome: Outcome) -> str:
    verdict = outcome.verdict
    law = "every law holds" if verdict.is_right else f"BROKEN, should be 0: {verdict.wrong}"
    return (
        f"{law}; {verdict.orders} orders, {verdict.shipped} shipped, {verdict.cancelled} cancelled, "
        f"{verdict.deleted} deleted, {verdict.out_of_stock} ran out of stock; {verdict.published} events published; "
        f"{outcome.times(Kill)} hosts and {outcome.times(KillHubs)} times Event Hubs killed, "
        f"{outcome.times(Split)} ranges split, {outcome.times(Merge)} merged, "
        f"{outcome.released} suspects released; {outcome.seconds:.0f} s"
    )
