"""Every event of an order is published. A fingerprint stays at home: it was made of what only the customer knows."""

from typing import Final

from orders.events import ORDER_EVENTS, OrderEvent, OrderPlaced
from shared.kernel import Publication

ORDER_PUBLICATION: Final[Publication[OrderEvent]] = Publication(
    hub="order-events",
    source="urn:orderflow:orders",
    namespace="orderflow",
    types=ORDER_EVENTS,
    kept_back={OrderPlaced: frozenset({"fingerprint"})},
)
