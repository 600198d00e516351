"""`python -m benchmarks [NAME …]`: measure the claims, say which hold; exit code 1 when one does not."""

import logging
import sys
from collections.abc import Sequence
from typing import Final

from benchmarks.bulk import BULK
from benchmarks.claims import Claim, NotMeasured, Ratio, machine
from benchmarks.feed_pages import FEED_PAGES
from benchmarks.over_sample import OVER_SAMPLE
from benchmarks.page_in_bulk import PAGE_IN_BULK
from benchmarks.poisoned_key import POISONED_KEY
from benchmarks.publish_in_batches import PUBLISH_IN_BATCHES
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
    FEED_PAGES,
)


def main(wanted: Sequence[str]) -> int:
    chosen = [claim for claim in CLAIMS if not wanted or claim.name in wanted]
    logging.disable(logging.WARNING)
    print(machine())
    return 1 if [claim for claim in chosen if not holds(claim)] else 0


def holds(claim: Claim) -> bool:
    """Measures it and says so; what could not be measured is not broken."""
    match claim.measure():
        case NotMeasured(needs):
            print(f"not measured  {claim.name}: needs {needs}", flush=True)
            return True
        case Ratio() as ratio:
            print(f"{'holds' if ratio.holds else 'BROKEN'}  {claim.name}: {claim.sentence}")
            print(f"       measured {ratio.measured:.3f}, bound {ratio.bound:.3f}; {ratio.detail}", flush=True)
            return ratio.holds


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
