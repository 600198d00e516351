"""What a running app tells: an order's life in one graph, figures of the store, and nothing that is private."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from shared.cosmos.provision import provision
from shared.settings import Settings
from tests.conftest import Endpoint
from tests.e2e.conftest import SAGA_OFF, Api, an_order, api_url, app_settings, host
from tests.programs import Program, eventually, until

TRACE = uuid4().hex
CANARY = f"canary-{uuid4().hex[:8]}"


@dataclass(frozen=True)
class Told:
    """A host whose telemetry goes to its own standard error, one line of JSON each."""

    program: Program
    settings: dict[str, str]
    url: str

    def all(self, kind: str) -> Iterator[dict[str, Any]]:
        for line in self.program.said.splitlines():
            if line.startswith(f'{{"{kind}":'):
                yield json.loads(line)[kind]

    def spans(self) -> list[dict[str, Any]]:
        return [span for span in self.all("span") if span["context"]["trace_id"] == f"0x{TRACE}"]


@pytest.fixture(scope="module")
def told(cosmos: Endpoint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    settings = app_settings(cosmos, uuid4().hex[:8]) | {"TELEMETRY_EXPORTER": "console"}
    settings = {name: value for name, value in settings.items() if name not in SAGA_OFF}
    asyncio.run(provision(Settings.read(settings)))
    with host(settings | {"OTEL_METRIC_EXPORT_INTERVAL": "500"}, tmp_path_factory.mktemp("told") / "log") as program:
        yield Told(program, settings, api_url(program))


@pytest.fixture
async def shipped(told: Told) -> Told:
    """One order from its placing to its parcel, with what must not be told in every field that takes it."""
    wanted = an_order(CANARY) | {"shippingAddress": CANARY, "paymentToken": "tok_duplicate_answer"}
    headers = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
    async with aiohttp.ClientSession() as session:
        api = Api(session, told.url)
        placed = await api("POST", "/api/orders", json=wanted, headers=headers)
        await api("POST", "/api/orders", json=wanted | {"items": CANARY})
        await api("GET", f"/api/customers/{CANARY}/orders")
        order = f"/api/orders/{placed.body['orderId']}"

        async def is_shipped() -> bool | None:
            return (await api("GET", order)).body["status"] == "shipped" or None

        await eventually(is_shipped, what="a shipped order")
        await api.settled()
    return told


def test_an_orders_life_through_the_host_is_one_trace_and_says_what_it_must_and_no_more(shipped: Told) -> None:
    wanted = {"place_order", "decide PlaceOrder", "project_customer_orders", "tally_daily_sales", "advance_fulfilment"}
    wanted |= {"gateway HoldStock", "gateway CapturePayment", "gateway BookShipment", "gateway ConsumeStock"}

    until(lambda: wanted <= {span["name"] for span in shipped.spans()} or None, what="the spans of a life")

    spans = {span["context"]["span_id"]: span for span in shipped.spans()}
    assert {span["name"] for span in spans.values() if span["parent_id"] not in spans} == {"place_order"}
    assert {span["kind"] for span in spans.values()} == {"SpanKind.INTERNAL", "SpanKind.CLIENT"}
    links = [link["context"]["trace_id"] for span in shipped.all("span") for link in span["links"]]
    assert f"0x{TRACE}" in links
    assert sum(span["attributes"].get("orderflow.ru", 0) for span in spans.values()) > 0


def test_a_running_host_emits_the_figures_of_store_and_orders(shipped: Told) -> None:
    wanted = {"store.requests", "store.charge", "order.charge", "order.opened", "feed.spans", "dependency.seconds"}

    until(lambda: wanted <= _figures(shipped) or None, what="the figures")


def test_nothing_that_a_person_or_a_setting_keeps_for_itself_is_in_what_a_host_says(shipped: Told) -> None:
    (key,) = [part for part in shipped.settings["COSMOS"].split(";") if part.startswith("AccountKey=")]
    secrets = [CANARY, key.removeprefix("AccountKey="), shipped.settings["CURSOR_KEY"], "tok_duplicate_answer"]

    said = shipped.program.said

    assert '{"span":' in said
    assert [secret for secret in secrets if secret in said] == []


def _figures(told: Told) -> set[str]:
    return {
        metric["name"]
        for told_once in told.all("metrics")
        for resource in told_once["resource_metrics"]
        for scope in resource["scope_metrics"]
        for metric in scope["metrics"]
    }
