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
from benchmarks.feed_pages import FEED_PAGES
from benchmarks.over_sample import OVER_SAMPLE
from benchmarks.page_in_bulk import PAGE_IN_BULK
from benchmarks.poisoned_key import POISONED_KEY
from benchmarks.publish_in_batches import PUBLISH_IN_BATCHES
from benchmarks.rebuild import REBUILD
from benchmarks.results import Result, Results
from benchmarks.rows_in_bulk import ROWS_IN_BULK
from benchmarks.shipped import SHIPPED_P50, SHIPPED_P99
from benchmarks.telemetry import TELEMETRY
from benchmarks.upsert_over_echo import UPSERT_OVER_ECHO
from benchmarks.upsert_over_vercel import UPSERT_OVER_VERCEL

CLAIMS: Final[tuple[Claim, ...]] = (
    POISONED_KEY,
    TELEMETRY,
    ROWS_IN_BULK,
    PAGE_IN_BULK,
    *OVER_SAMPLE,
    PUBLISH_IN_BATCHES,
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
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[claim.name for claim in CLAIMS])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was measured")
    options = parser.parse_args(arguments)
    logging.disable(logging.WARNING)
    print(machine())
    chosen = [claim for claim in CLAIMS if not options.names or claim.name in options.names]
    results = Results(machine(), [told(Result.of(claim, claim.measure())) for claim in chosen])
    if options.json:
        results.write(options.json)
    return 0 if all(each.holds for each in results.claims) else 1


def told(result: Result) -> Result:
    """Said as soon as it is known; what could not be measured is not broken."""
    if result.measured is None:
        print(f"not measured  {result.name}: {result.detail}", flush=True)
    else:
        print(f"{'holds' if result.holds else 'BROKEN'}  {result.name}: {result.sentence}")
        print(f"       measured {result.measured:.3f}, bound {result.bound:.3f}; {result.detail}", flush=True)
    return result


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
