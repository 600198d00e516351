"""`python -m benchmarks [NAME …]`: measure the claims, say which hold; exit code 1 when one does not."""

import logging
import sys
from collections.abc import Sequence
from typing import Final

from benchmarks.claims import Claim, machine
from benchmarks.poisoned_key import POISONED_KEY

CLAIMS: Final[tuple[Claim, ...]] = (POISONED_KEY,)


def main(wanted: Sequence[str]) -> int:
    chosen = [claim for claim in CLAIMS if not wanted or claim.name in wanted]
    logging.disable(logging.WARNING)
    print(machine())
    broken = 0
    for claim in chosen:
        ratio = claim.measure()
        broken += not ratio.holds
        verdict = "holds" if ratio.holds else "BROKEN"
        print(f"{verdict}  {claim.name}: {claim.sentence}")
        print(f"       measured {ratio.measured:.3f}, bound {ratio.bound:.3f}; {ratio.detail}", flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
