"""`python -m local timeline`: runs the app with a reader that stops for a while, and draws what was seen."""

import argparse
import sys
from pathlib import Path

from local.serve.program import ROOT, ProgramFailed
from local.serve.until_stopped import until_stopped
from local.timeline.figures import Summary, charts
from local.timeline.run import CATCH_UP, Plan, Run, recorded


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--into", type=Path, default=ROOT / "docs/pictures", help="default docs/pictures")
    parser.add_argument("--seconds", type=float, default=60.0, help="of load (default 60)")
    parser.add_argument("--rate", type=float, default=1.0, help="orders a second (default 1)")


def run(options: argparse.Namespace) -> int:
    if options.seconds <= 0 or options.rate <= 0:
        print("timeline: --seconds and --rate must be above 0", file=sys.stderr)
        return 2
    plan = Plan(options.seconds, options.rate, stops_at=options.seconds / 4, stops_for=options.seconds / 4)
    return until_stopped(timeline(plan, options.into))


async def timeline(plan: Plan, into: Path) -> int:
    try:
        seen = await recorded(plan)
    except ProgramFailed as failure:
        print(f"timeline: {failure}", file=sys.stderr)
        return 1
    except TimeoutError:
        print(f"timeline: the feeds did not settle within {CATCH_UP:.0f} s", file=sys.stderr)
        return 1
    draw(seen, into)
    print(Summary.of(seen).to_text())
    return 0


def draw(seen: Run, into: Path) -> None:
    into.mkdir(parents=True, exist_ok=True)
    for name, chart in charts(seen).items():
        (into / f"{name}.svg").write_text(chart.to_svg(), encoding="utf-8")
