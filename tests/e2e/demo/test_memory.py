"""Twenty thousand orders: exact to the cent, and neither host nor store grows with them."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median
from subprocess import TimeoutExpired

import psutil
import pytest

from tests.programs import Program, started

ORDERS = 20_000
# How much larger each may be at the end, by what their command lines say. The store has ten times the items by then
# and a cache of its file that is full only later. The Event Hubs endpoint keeps in memory what was published.
MOST_GROWTH = {"local.host": 1.25, "local cosmos": 1.5}
LOOK_EVERY_SECONDS = 1.0
NOTHING_WRONG = (
    "view_mismatches",
    "tally_difference_minor",
    "lost",
    "duplicated",
    "parked",
    "money_difference_minor",
    "stock_difference",
)


@pytest.mark.long
def test_twenty_thousand_orders_are_exact_to_the_cent_and_memory_stays_flat(tmp_path: Path) -> None:
    # given
    with started("local", "demo", "--orders", str(ORDERS), "--json", output=tmp_path / "demo.txt") as demo:
        # when
        seen = resident_until_the_end_of(demo)

        # then
        assert demo.process.returncode == 0, demo.said
        summary = json.loads(demo.said.splitlines()[-1])
        assert {name: summary[name] for name in NOTHING_WRONG} == dict.fromkeys(NOTHING_WRONG, 0)
        assert summary["orders"] == ORDERS
        growth = {name: grown(sizes) for name, sizes in seen.items()}
        assert growth.keys() == MOST_GROWTH.keys()
        assert all(growth[name] <= most for name, most in MOST_GROWTH.items()), f"{growth} of {ends(seen)}"


def resident_until_the_end_of(demo: Program) -> Mapping[str, Sequence[int]]:
    """Bytes of each process of the app, a sample a second."""
    seen: dict[str, list[int]] = defaultdict(list)
    tree = psutil.Process(demo.process.pid)
    while demo.process.poll() is None:
        for process in tree.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if name := named(process.cmdline()):
                    seen[name].append(process.memory_info().rss)
        with suppress(TimeoutExpired):
            demo.process.wait(LOOK_EVERY_SECONDS)
    return seen


def named(command: Sequence[str]) -> str | None:
    """Not the program that only watches over it."""
    said = " ".join(command[1:])
    return next((name for name in MOST_GROWTH if said.startswith(f"-m {name}")), None)


def grown(sizes: Sequence[int]) -> float:
    """How much larger at the end than once everything is loaded and warm, both as medians of a tenth of the run."""
    tenth = len(sizes) // 10
    return median(sizes[-tenth:]) / median(sizes[tenth : 2 * tenth])


def ends(seen: Mapping[str, Sequence[int]]) -> Mapping[str, tuple[int, ...]]:
    """Megabytes at each tenth, for a person who wonders."""
    return {name: tuple(size >> 20 for size in sizes[:: max(1, len(sizes) // 10)]) for name, sizes in seen.items()}
