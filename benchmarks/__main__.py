"""`python -m benchmarks [NAME …]`: measure the claims, say which hold; exit code 1 when one does not."""

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.bulk import BULK
from benchmarks.bulk_writer import BULK_WRITER
from benchmarks.claims import Claim, machine
from benchmarks.decode import DECODE
from benchmarks.feed_pages import FEED_PAGES
from benchmarks.over_runner import OVER_RUNNER
from benchmarks.over_sample import OVER_SAMPLE
from benchmarks.page_in_bulk import PAGE_IN_BULK
from benchmarks.poisoned_key import POISONED_KEY
from benchmarks.publish_in_batches import PUBLISH_IN_BATCHES
from benchmarks.rebuild import REBUILD
from benchmarks.results import Result, Results, Way
from benchmarks.rows_in_bulk import ROWS_IN_BULK
from benchmarks.shipped import SHIPPED_P50, SHIPPED_P99
from benchmarks.side_by_side import TABLE, side_by_side
from benchmarks.telemetry import TELEMETRY
from benchmarks.upsert_over_echo import UPSERT_OVER_ECHO
from benchmarks.upsert_over_vercel import UPSERT_OVER_VERCEL
from benchmarks.visible import VISIBLE_P50

CLAIMS: Final[tuple[Claim, ...]] = (
    POISONED_KEY,
    TELEMETRY,
    ROWS_IN_BULK,
    PAGE_IN_BULK,
    *OVER_SAMPLE,
    *OVER_RUNNER,
    DECODE,
    PUBLISH_IN_BATCHES,
    VISIBLE_P50,
    SHIPPED_P50,
    SHIPPED_P99,
    UPSERT_OVER_ECHO,
    UPSERT_OVER_VERCEL,
    BULK,
    *BULK_WRITER,
    FEED_PAGES,
    REBUILD,
)


def main(arguments: Sequence[str]) -> int:
    names = [claim.name for claim in CLAIMS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*names, TABLE])
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep what was measured, in the place of what it was")
    options = parser.parse_args(arguments)
    logging.disable(logging.WARNING)
    here = machine()
    print(here)
    chosen = options.names or [*names, TABLE]
    measured = [told(Result.of(claim, claim.measure(), here)) for claim in CLAIMS if claim.name in chosen]
    ways = [shown(way) for way in side_by_side(here)] if TABLE in chosen else []
    if options.json:
        Results.read(options.json).renewed(Results(measured, ways), names).write(options.json)
    return 0 if all(each.holds for each in measured) else 1


def told(result: Result) -> Result:
    """Said as soon as it is known; what could not be measured is not broken."""
    if result.measured is None:
        print(f"not measured  {result.name}: {result.detail}", flush=True)
        return result
    aim = "" if result.aim is None else f", aim {result.aim:.3f}"
    print(f"{'holds' if result.holds else 'BROKEN'}  {result.name}: {result.sentence}")
    print(f"       measured {result.measured:.3f}, bound {result.bound:.3f}{aim}; {result.detail}", flush=True)
    return result


def shown(way: Way) -> Way:
    server = "" if way.server is None else f", server {way.server:.0f} us"
    print(f"way    {way.name}: client {way.client:.0f} us{server}, wall {way.wall:.0f} us an event", flush=True)
    return way


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
