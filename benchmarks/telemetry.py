"""What it costs to be listened to: pages of a feed into a view, one trace in a hundred kept, everything encoded."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, override
from uuid import uuid4

import orjson
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from benchmarks.claims import Aim, Claim, Ratio, Stretch, median_ratio
from benchmarks.poisoned_key import BEGAN, CODEC, EMULATOR_KEY, KEYS, server
from orders.events import Line, OrderEvent, OrderPlaced, OrderShipped
from shared.cosmos.provision import provision
from shared.kernel import Money, Recorded
from shared.observer import SILENT, Observer
from shared.runtime import App, compose
from shared.settings import CosmosConnection, Settings
from shared.subscriptions import CONSUMERS
from shared.telemetry.providers import provided

BATCHES: Final = 5
ROUNDS: Final = 60
ONE_KEPT_IN: Final = 100


class Encoded(SpanExporter):
    """Everything that OTLP does but sending it."""

    @override
    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        encode_spans(spans).SerializeToString()
        return SpanExportResult.SUCCESS


def pages(run: str) -> Iterator[str]:
    """An event of each key in every page; each key has a trace of its own."""
    price = Money(250, "USD")
    placed = OrderPlaced((Line("tea", "Green tea", 2, price),), price.times(2))
    for sequence in range(1, BATCHES + 1):
        body: OrderEvent = placed if sequence == 1 else OrderShipped(by_hand=True)
        yield orjson.dumps([CODEC.encode(_recorded(body, run, key, sequence)) for key in range(KEYS)]).decode()


def _recorded(body: OrderEvent, run: str, key: int, sequence: int) -> Recorded[OrderEvent]:
    kept = "01" if key % ONE_KEPT_IN == 0 else "00"
    traceparent = f"00-{uuid4().hex}-{uuid4().hex[:16]}-{kept}"
    return Recorded(body, f"{run}-{key}", "bench", sequence, BEGAN, traceparent=traceparent)


async def spent(app: App, page: str) -> float:
    """CPU seconds of this process: engine, SDK, and whatever exports meanwhile."""
    (consumer, *_) = CONSUMERS
    with Stretch() as stretch:
        await app.pipeline.run(consumer, page)
    return stretch.cpu


async def both(told: App, silent: App, number: int) -> tuple[float, float]:
    """Page by page, each side first in turn: a machine whose speed drifts meets both."""
    sides = {id(told): 0.0, id(silent): 0.0}
    for at, texts in enumerate(zip(pages(uuid4().hex), pages(uuid4().hex), strict=True), start=number):
        order = [told, silent] if at % 2 else [silent, told]
        for app, text in zip(order, texts, strict=True):
            sides[id(app)] += await spent(app, text)
    return sides[id(told)], sides[id(silent)]


async def rounds(url: str, observer: Observer) -> list[tuple[float, float]]:
    settings = Settings(CosmosConnection(url, EMULATOR_KEY), "bench", "bench")
    await provision(settings, Path("infra/containers.json"))
    told, silent = compose(settings, observer), compose(settings, SILENT)
    try:
        await both(told, silent, 0)
        return [await both(told, silent, number) for number in range(ROUNDS)]
    finally:
        await told.close()
        await silent.close()


def measure() -> Ratio:
    providers = provided(BatchSpanProcessor(Encoded()), InMemoryMetricReader(), LoggerProvider(), share=1 / ONE_KEPT_IN)
    try:
        with server() as url:
            pairs = asyncio.run(rounds(url, providers.observer))
    finally:
        providers.close()
    each = 1e6 * sum(silent for _, silent in pairs) / ROUNDS / BATCHES / KEYS
    return Ratio(median_ratio(pairs), 1.07, f"{KEYS} keys a page, {each:.0f} us CPU an event when nobody listens")


TELEMETRY = Claim(
    "telemetry",
    "traces, figures and logs cost an event less than 7 % of its CPU",
    measure,
    Aim(
        1.05,
        "It was met while a row was a request of its own. In bulk an event costs a third of that, and what is told of "
        "a page costs what it did: half of it is the one span of a kept key with its encoding, and the batch's own "
        "line and figures; a value in a histogram of the SDK is 20 us.",
    ),
)
