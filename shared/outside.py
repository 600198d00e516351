"""What is outside, put together with what it needs of the settings and the stores: providers, and where events go."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from gateways import Gateways, SandboxCarrier, SandboxPayments, Warehouse, notify_customers
from gateways.post import notifier
from orders.commands import Record
from orders.events import Answer
from orders.publication import ORDER_PUBLICATION
from shared.kernel import Key
from shared.observer import Observer
from shared.pipeline import Cause, CloudEvents, Forward, OneByOne, Outlet, Publish, Transactor
from shared.ports import BucketStore, Hub, RowStore
from shared.settings import Settings

ORDERS = "orders"
PRIVATE = "private"
DEFAULT_TOKEN = "tok_ok"  # noqa: S105 - what the sandbox takes for a card  # nosec B105

PUBLISHING = Forward("publish_orders")
NOTIFYING = Forward(notify_customers.NAME, notify_customers.TOLD)


def gateways_of(
    settings: Settings, orders: Transactor[Any, Any, Any], rows: RowStore, buckets: BucketStore, observer: Observer
) -> Gateways:
    """The sandbox providers; a real one takes the place of its namesake."""

    async def token(order_id: str) -> str:
        private = await rows.read(ORDERS, Key(order_id, PRIVATE))
        return str(private.item.get("paymentToken") or DEFAULT_TOKEN) if private else DEFAULT_TOKEN

    async def webhook(order_id: str, answer: Answer) -> None:
        await orders.run(order_id, Record(answer), cause=Cause(f"webhook:{uuid4().hex}", uuid4().hex))

    late = 2 * (settings.saga_step_within or timedelta(hours=1))
    payments = SandboxPayments(buckets, token, webhook, late_seconds=late.total_seconds())
    return Gateways(Warehouse(buckets), payments, SandboxCarrier(buckets), observer)


def outlets_of(settings: Settings, sender: Hub | None, rows: RowStore, observer: Observer) -> Mapping[str, Outlet]:
    """Where events go that somebody outside wants to hear of, as far as the settings say where."""

    async def address(order_id: str) -> str | None:
        private = await rows.read(ORDERS, Key(order_id, PRIVATE))
        return str(private.item.get("email") or "") if private else None

    outlets: dict[str, Outlet] = {}
    if sender:
        outlets[PUBLISHING.name] = Publish(CloudEvents(ORDER_PUBLICATION), sender, observer)
    if settings.notices:
        notices = notify_customers.NotifyCustomers(notifier(settings.notices), address, lambda: datetime.now(UTC))
        outlets[NOTIFYING.name] = OneByOne(notices.hand_on)
    return outlets
