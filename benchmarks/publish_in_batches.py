"""Publishing as the app does it, next to sending each event by itself: the client's CPU, from encoded events on.

Both send the same messages to the local endpoint in a process of its own, through one SDK, over connections that stay
open. What waits is what a host that reads four ranges is handed at most: 400 events, here four each of 100 orders. A
single page of 100 is 12 events for each of 8 partitions, and then the frame of a batch weighs more.

`floor` is the SDK's own `add` to a batch alone: less than it no use of the SDK's batches can cost.
"""

import asyncio
import socket
import sys
from typing import Final

from azure.eventhub import EventData, EventDataBatch
from azure.eventhub.aio import EventHubProducerClient

from benchmarks.claims import Aim, Claim, Ratio, Stretch, alternating, median_ratio
from benchmarks.programs import listening
from orders.events import Line, OrderPlaced
from orders.publication import ORDER_PUBLICATION
from shared.eventhubs import Client, Sender
from shared.eventhubs.client import CONTENT_TYPE, SizedBatch
from shared.kernel import Money, Recorded
from shared.kernel.values import from_text
from shared.pipeline import CloudEvents
from shared.settings import eventhubs

ORDERS: Final = 100
EVENTS: Final = 4
LARGE: Final = 2**24
PAGES: Final = 2
ROUNDS: Final = 15
BOUND: Final = 0.35

type Page = dict[str, list[bytes]]


def measure() -> Ratio:
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port: int = chosen.getsockname()[1]
    text = f"Endpoint=sb://127.0.0.1:{port};SharedAccessKeyName=x;SharedAccessKey=x;UseDevelopmentEmulator=true"
    with listening((sys.executable, "-m", "local", "eventhubs", "--port", str(port))), asyncio.Runner() as runner:
        settings = eventhubs({"EVENTHUBS": text})
        assert settings is not None
        client = Client(settings, ORDER_PUBLICATION.hub)
        alone = EventHubProducerClient.from_connection_string(text, eventhub_name=ORDER_PUBLICATION.hub)
        page, sender = encoded(), Sender(client)
        pairs = alternating(
            ROUNDS,
            lambda: runner.run(together(sender, page)),
            lambda: runner.run(one_by_one(alone, page)),
        )
        runner.run(client.close())
        runner.run(alone.close())
    ours, theirs = (1e6 * sum(side) / ROUNDS for side in zip(*pairs, strict=True))
    floor = 1e6 * min(added(page) for _ in range(ROUNDS))
    detail = f"{ours:.0f} us CPU an event together, {theirs:.0f} us by itself; floor {floor:.0f} us"
    return Ratio(median_ratio(pairs), BOUND, detail)


def encoded() -> Page:
    """About 1 KB each."""
    writer, price = CloudEvents(ORDER_PUBLICATION), Money(250, "USD")
    body = OrderPlaced(tuple(Line(f"p{number}", "Green tea", 1, price) for number in range(4)), price)
    at = from_text("2026-01-31T09:30:00Z")
    return {
        stream: [writer.encode(Recorded(body, stream, "ada", sequence, at)) for sequence in range(1, EVENTS + 1)]
        for stream in (f"ord_{number:032x}" for number in range(ORDERS))
    }


async def together(sender: Sender[SizedBatch], page: Page) -> float:
    """CPU seconds of an event."""
    with Stretch() as spent:
        for _ in range(PAGES):
            await asyncio.gather(*(sender.send(key, messages) for key, messages in page.items()))
    return spent.cpu / (PAGES * ORDERS * EVENTS)


def added(page: Page) -> float:
    """CPU seconds of an event in the SDK's own batch, without sending it."""
    batch = SizedBatch(EventDataBatch(LARGE))
    with Stretch() as spent:
        for key, messages in page.items():
            for message in messages:
                batch.add(key, message)
    return spent.cpu / len(batch)


async def one_by_one(client: EventHubProducerClient, page: Page) -> float:
    with Stretch() as spent:
        for _ in range(PAGES):
            for key, messages in page.items():
                for message in messages:
                    event = EventData(message)
                    event.content_type = CONTENT_TYPE
                    await client.send_event(event, partition_key=key)
    return spent.cpu / (PAGES * ORDERS * EVENTS)


PUBLISH_IN_BATCHES = Claim(
    "publish-in-batches",
    "publishing costs at most 0.35 of the CPU of sending each event by itself",
    measure,
    Aim(
        1 / 5,
        "Of what an event costs together, two thirds are the SDK's own `add` to a batch, which encodes the event "
        "twice, once for its size, and each time in pure Python; the content type that CloudEvents ask for is half of "
        "that again.",
    ),
)
