"""A point upsert over HTTP, next to an echo that only parses and stores: what being a database costs.

Both programs get the same bytes, over connections that stay open; both run uvloop and httptools.
"""

from typing import Final

from benchmarks.claims import Claim, Ratio, alternating, median_ratio
from benchmarks.load import load
from benchmarks.programs import cosmos, echo, listening
from benchmarks.requests import created, upserts

DOCUMENTS: Final = 1600
ROUNDS: Final = 15


def measure() -> Ratio:
    with listening(cosmos("--ranges", "1")) as server, listening(echo()) as bare:
        requests = upserts(created(server.url), DOCUMENTS)
        with load(server) as ours, load(bare) as theirs:
            pairs = alternating(ROUNDS, lambda: ours.cpu_seconds(requests), lambda: theirs.cpu_seconds(requests))
    mine, echoed = (1e6 * sum(side) / ROUNDS / DOCUMENTS for side in zip(*pairs, strict=True))
    return Ratio(median_ratio(pairs), 2.5, f"{mine:.0f} us CPU an upsert, {echoed:.0f} us an echo, {ROUNDS} rounds")


UPSERT_OVER_ECHO = Claim("upsert-over-echo", "an upsert costs at most 2.5 times the CPU of a bare echo", measure)
