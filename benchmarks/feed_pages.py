"""The change feed of one range with many items in a file: a page costs the same at its beginning and at its end.

`ITEMS=1000000` measures what is claimed; without it, 100 000 items show the same in a tenth of the time. All of them
are read once, and the server has to stay below 2 GB of memory.
"""

import os
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from azure.cosmos import ContainerProxy

from benchmarks.claims import Claim, Ratio, alternating, median_ratio
from benchmarks.load import Load, load
from benchmarks.programs import cosmos, listening
from benchmarks.requests import ROWS_A_BATCH, batches, created, pages

ITEMS: Final = int(os.environ.get("ITEMS", "100000"))
PAGE: Final = 100
LARGE_PAGE: Final = 1000
ENDS: Final = 10_000
ROUNDS: Final = 15
MOST_BYTES: Final = 2_000_000_000
_COUNT: Final = re.compile(rb"\r\nx-ms-item-count: (\d+)\r\n")


def measure() -> Ratio:
    with TemporaryDirectory(dir=".") as folder:
        data = str(Path(folder) / "cosmos.sqlite")
        with listening(cosmos("--ranges", "1", "--data", data)) as server, load(server, connections=1) as sent:
            container = created(server.url)
            sent.cpu_seconds(batches(container, ITEMS // ROWS_A_BATCH))
            assert _read(sent, container) == ITEMS
            first = pages(container, range(0, ENDS, PAGE), most=PAGE)
            last = pages(container, range(ITEMS - ENDS, ITEMS, PAGE), most=PAGE)
            pairs = alternating(ROUNDS, lambda: sent.cpu_seconds(last), lambda: sent.cpu_seconds(first))
            memory = server.most_memory_bytes()
    assert memory < MOST_BYTES, f"{memory / 1e9:.1f} GB of memory"
    each = 1e6 * sum(early for _, early in pairs) / ROUNDS / len(first)
    return Ratio(median_ratio(pairs), 1.1, f"{ITEMS:,} items, {each:.0f} us a page of {PAGE}, {memory / 1e6:.0f} MB")


def _read(sent: Load, container: ContainerProxy) -> int:
    """How many items all pages together have; each is a transaction of its own, so a place is a count."""
    answers = (sent.answer(page) for page in pages(container, range(0, ITEMS, LARGE_PAGE), most=LARGE_PAGE))
    return sum(int(found[1]) for answer in answers if (found := _COUNT.search(answer)))


FEED_PAGES = Claim("feed-pages", "the last pages of a long change feed cost at most 10 % more than the first", measure)
