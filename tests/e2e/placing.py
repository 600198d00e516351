"""Orders of chosen days, written into the stream as the app writes them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from orders.events import ORDER_EVENTS, Line, OrderDelivered, OrderEvent, OrderPlaced, OrderShipped
from shared.kernel import Money, Recorded
from shared.pipeline import EventCodec
from tests.e2e.conftest import Store

CODEC: EventCodec[Any] = EventCodec(*ORDER_EVENTS)
PRICE = Money(799, "USD")
PLACED = OrderPlaced((Line("tea", "Green tea", 1, PRICE),), PRICE)
BECAME: dict[str, tuple[OrderEvent, ...]] = {
    "pending": (),
    "shipped": (OrderShipped(by_hand=True),),
    "delivered": (OrderShipped(by_hand=True), OrderDelivered()),
}


@dataclass(frozen=True, slots=True)
class Past:
    """A year that no other test uses keeps its orders apart from theirs."""

    store: Store
    customer: str

    async def order(self, at: str, status: str = "pending", *, order_id: str | None = None) -> str:
        """`at` is a moment in UTC."""
        stream = order_id or f"ord_{uuid4().hex}"
        moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
        for sequence, body in enumerate((PLACED, *BECAME[status]), start=1):
            await self.put(CODEC.encode(Recorded(body, stream, self.customer, sequence, moment)))
        return stream

    async def put(self, event: dict[str, Any]) -> None:
        database = self.store.client.get_database_client(self.store.database)
        await database.get_container_client("orders").create_item(event)
