"""One poisoned key among 100: what it costs the other 99, rows read and written one by one.

In bulk a sound key costs a tenth of that, and the poisoned one as much as ever: a few requests of its own.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import orjson

from benchmarks.claims import Claim, Ratio, Stretch, median_ratio
from orders.events import ORDER_EVENTS, Line, OrderEvent, OrderPlaced, OrderShipped
from shared.cosmos.provision import provision
from shared.kernel import Money, Recorded
from shared.pipeline import EventCodec
from shared.runtime import App, compose
from shared.settings import CosmosConnection, Settings
from shared.subscriptions import CONSUMERS

KEYS: Final = 100
BATCHES: Final = 5
ROUNDS: Final = 16
EMULATOR_KEY: Final = "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=="

CODEC: Final[EventCodec[Any]] = EventCodec(*ORDER_EVENTS)
BEGAN: Final = datetime(2026, 1, 31, tzinfo=UTC)


def batches(run: str, *, poisoned: bool) -> Iterator[str]:
    """Each key gets one event per batch; the first key's second one cannot be read."""
    price = Money(250, "USD")
    for sequence in range(1, BATCHES + 1):
        body: OrderEvent = OrderShipped(by_hand=True)
        if sequence == 1:
            body = OrderPlaced((Line("tea", "Green tea", 2, price),), price.times(2))
        items = [dict(CODEC.encode(_recorded(body, f"{run}-{key}", sequence))) for key in range(KEYS)]
        if poisoned and sequence == 2:  # noqa: PLR2004 - after the row is there
            items[0]["data"] = None
        yield orjson.dumps(items).decode()


def _recorded(body: OrderEvent, stream: str, sequence: int) -> Recorded[OrderEvent]:
    return Recorded(body, stream, "bench", sequence, BEGAN + timedelta(seconds=sequence))


async def apply(app: App, *, poisoned: bool) -> float:
    """CPU seconds that the engine and the SDK spend on all batches."""
    (consumer, *_) = CONSUMERS
    texts = list(batches(uuid4().hex, poisoned=poisoned))
    with Stretch() as spent:
        for text in texts:
            await app.pipeline.run(consumer, text)
    return spent.cpu


async def both(app: App, *, poisoned_first: bool) -> tuple[float, float]:
    """With and without the poison, in turn first, so that neither always comes after the other."""
    spent = {poisoned: await apply(app, poisoned=poisoned) for poisoned in (poisoned_first, not poisoned_first)}
    return spent[True], spent[False]


async def rounds(url: str) -> list[tuple[float, float]]:
    settings = Settings(CosmosConnection(url, EMULATOR_KEY), "bench", "bench", writes="points")
    await provision(settings, Path("infra/containers.json"))
    app = compose(settings)
    try:
        await apply(app, poisoned=False)
        return [await both(app, poisoned_first=bool(number % 2)) for number in range(ROUNDS)]
    finally:
        await app.close()


@contextmanager
def server(environ: Mapping[str, str] | None = None) -> Iterator[str]:
    command = [sys.executable, "-m", "local", "cosmos", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()


def measure() -> Ratio:
    with server() as url:
        pairs = asyncio.run(rounds(url))
    per_batch = 1000 * sum(clean for _, clean in pairs) / len(pairs) / BATCHES
    return Ratio(median_ratio(pairs), 1.05, f"{KEYS} keys, {ROUNDS} rounds, {per_batch:.0f} ms CPU a clean batch")


POISONED_KEY = Claim("poisoned-key", "one poisoned key among 100 costs the batch less than 5 % of its CPU", measure)
