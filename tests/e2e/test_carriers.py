"""Carriers answer over Event Hubs, and customers hear of their orders: a whole app, its hub, and the real SDK."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from azure.cosmos.aio import CosmosClient
from azure.eventhub import EventData, EventHubProducerClient

from gateways.scans import HUB, RECEIVER
from local.demo.published import everything_published
from shared.cosmos.provision import provision
from shared.settings import Settings
from tests.conftest import Endpoint
from tests.contracts.eventhubs.clients import Hubs, endpoint
from tests.e2e.conftest import Api, Store, an_order, api_url, app_settings, host
from tests.e2e.operating import ops
from tests.programs import eventually

OPTION = "AzureFunctionsJobHost__extensions__eventHubs__"


@dataclass(frozen=True, slots=True)
class Town:
    """One app with a saga that ships, a hub that carriers send to, and an outbox."""

    settings: dict[str, str]
    url: str
    hubs: Hubs
    outbox: Path

    def send(self, *bodies: str, key: str) -> None:
        with EventHubProducerClient.from_connection_string(self.hubs.connection, eventhub_name=HUB) as producer:
            producer.send_batch([EventData(body) for body in bodies], partition_key=key)


@pytest.fixture(scope="module")
def town(cosmos: Endpoint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("carriers")
    with endpoint(folder / "hubs.log") as (_, hubs):
        settings = app_settings(cosmos, folder.name) | {
            "AzureWebJobs_advance_fulfilment_Disabled": "false",
            "EVENTHUBS": hubs.connection,
            "NOTIFY": f"file:{folder / 'outbox'}",
            f"{OPTION}loadBalancingUpdateInterval": "00:00:01",
        }
        asyncio.run(provision(Settings.read(settings)))
        with host(settings, folder / "host.log") as program:
            yield Town(settings, api_url(program), hubs, folder / "outbox")
            assert program.end() == 0


@pytest.fixture
async def api(town: Town) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession() as session:
        yield Api(session, town.url)


@pytest.fixture
async def store(cosmos: Endpoint, town: Town) -> AsyncIterator[Store]:
    async with CosmosClient(cosmos.url, cosmos.key) as client:
        yield Store(client, town.settings["COSMOS_DATABASE"])


def said(order_id: str, kind: str, event_id: str) -> str:
    scan = {"orderId": order_id, "trackingId": "TRK1", "kind": kind, "at": "2026-02-03T10:00:00Z", "eventId": event_id}
    return json.dumps(scan)


async def until_status(api: Api, order_id: str, status: str) -> None:
    async def has_it() -> bool | None:
        return (await api("GET", f"/api/orders/{order_id}")).body["status"] == status or None

    await eventually(has_it, what=f"{order_id} as {status}")


async def until_parked(store: Store, number: int) -> dict[str, dict[str, Any]]:
    """What the receiver has parked, by lane, as soon as it is so much."""

    async def parked() -> dict[str, dict[str, Any]] | None:
        found = [each for each in await store.items("poison") if each.get("consumer") == RECEIVER]
        return {each["lane"]: each for each in found} if len(found) >= number else None

    return await eventually(parked, what=f"{number} parked")


async def steps(api: Api, order_id: str) -> Sequence[str]:
    events = (await api("GET", f"/api/orders/{order_id}/history")).body
    return [step["type"] for step in events if "type" in step]


async def test_scans_move_orders_and_those_that_cannot_be_true_wait_in_their_lane(
    api: Api, town: Town, store: Store
) -> None:
    order, other = [(await api.placed("ada"))["orderId"] for _ in range(2)]
    for each in (order, other):
        await until_status(api, each, "shipped")

    delivered = said(order, "delivered", "e1")
    await asyncio.to_thread(town.send, delivered, delivered, said(order, "returned", "e2"), delivered, key=order)
    await asyncio.to_thread(town.send, "{", said("ord_nobody", "lost", "e3"), key=other)
    (row,) = await asyncio.to_thread(ops, town.settings, "scan", other, "lost")
    await until_status(api, order, "cancelled")
    await until_status(api, other, "cancelled")

    told = await steps(api, order)
    assert told.count("OrderDelivered") == told.count("OrderReturned") == 1
    assert (row["orderId"], row["kind"]) == (other, "lost")
    parked = {each["reason"]: lane for lane, each in (await until_parked(store, 2)).items()}
    assert parked.keys() == {"unknown_order", "unreadable_message"}
    (early,) = await asyncio.to_thread(lambda: ops(town.settings, "release", parked["unknown_order"], expect=1))
    assert (early["outcome"], early["reason"]) == ("still poison", "unknown_order")


async def test_what_was_published_is_sent_once_more_when_somebody_asks_for_it(api: Api, town: Town) -> None:
    order = (await api.placed("ada"))["orderId"]
    await until_status(api, order, "shipped")
    await until_published(api)

    (sent,) = await asyncio.to_thread(ops, town.settings, "republish", "--from", "2020-01-01", "--type", "OrderPlaced")

    messages = [each for some in (await everything_published(town.hubs.connection)).values() for each in some]
    once = [each["id"] for each in messages if each["type"] == "orderflow.OrderPlaced" and "replay" not in each]
    again = [each["id"] for each in messages if each.get("replay")]
    assert f"{order}:000001" in again
    assert (sorted(again), len(again)) == (sorted(set(once)), sent["events"])


async def until_published(api: Api) -> None:
    async def all_are() -> bool | None:
        feeds = {each["consumer"]: each for each in (await api("GET", "/health/feeds")).body["feeds"]}
        return feeds["publish_orders"]["lag"] == 0 or None

    await eventually(all_are, what="everything published")


async def test_a_customer_who_gave_an_address_hears_that_we_have_the_order_and_that_it_left(
    api: Api, town: Town
) -> None:
    placed = await api("POST", "/api/orders", json=an_order("ada") | {"email": "ada@example.com"})
    silent = (await api.placed("ada"))["orderId"]
    order = placed.body["orderId"]
    for each in (order, silent):
        await until_status(api, each, "shipped")
    await api.settled()

    notices = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in town.outbox.glob("*.eml")]

    assert sorted(str(each["Subject"]) for each in notices) == [
        f"We have your order {order}",
        f"Your order {order} is on its way",
    ]
    assert {each["To"] for each in notices} == {"ada@example.com"}


async def test_what_is_no_address_is_refused_at_the_door(api: Api) -> None:
    for email in ("ada", "ada@localhost", "a b@example.com", "ada@example.com\r\nBcc: eve@example.com"):
        answer = await api("POST", "/api/orders", json=an_order("ada") | {"email": email})

        assert answer.status == 422, email
