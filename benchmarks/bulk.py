"""Non-atomic batches of 100 upserts, next to the echo of one: what one operation costs when it shares its request.

As a ratio it says the same on a faster or slower machine.
"""

from typing import Final

from benchmarks.claims import Aim, Claim, Ratio, alternating, median_ratio
from benchmarks.load import load
from benchmarks.programs import cosmos, echo, listening
from benchmarks.requests import ROWS_A_BATCH, batches, created, upserts

BATCHES: Final = 32
ECHOES: Final = 1600
ROUNDS: Final = 15
BOUND: Final = 0.95


def measure() -> Ratio:
    with listening(cosmos("--ranges", "1")) as server, listening(echo()) as bare:
        container = created(server.url)
        bulk, single = tuple(batches(container, BATCHES)), upserts(container, ECHOES)
        rows = BATCHES * ROWS_A_BATCH
        with load(server, connections=1) as ours, load(bare) as theirs:
            pairs = alternating(
                ROUNDS, lambda: ours.cpu_seconds(bulk) / rows, lambda: theirs.cpu_seconds(single) / ECHOES
            )
    mine, echoed = (sum(side) / ROUNDS for side in zip(*pairs, strict=True))
    detail = f"{1 / mine:,.0f} operations a core-second ({mine * 1e6:.0f} us), {echoed * 1e6:.0f} us an echo"
    return Ratio(median_ratio(pairs), BOUND, detail)


BULK = Claim(
    "bulk",
    "an operation of a bulk batch costs less than an echo",
    measure,
    Aim(
        2 / 3,
        "Counting the indexed values, and reading and writing the JSON of each operation in Python, leave no more to "
        "save.",
    ),
)
