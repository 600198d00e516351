"""What the providers' own books say, for people and for laws: read only, never decided from.

Each answer is right by itself; several of them agree only when nothing is under way.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from gateways.holds import HoldState
from gateways.payments import amount_of, payment_book
from gateways.shipping import shipment_book
from gateways.stock import LEVEL, STOCK, Level, hold_id, hold_of, level_of
from shared.ports import BucketStore, Partitions


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the pieces of one product are. `short` is what left without ever having been in the level."""

    product_id: str
    received: int
    available: int
    held: int
    consumed: int
    short: int

    @property
    def difference(self) -> int:
        """0 by the stock law."""
        return self.available + self.held + self.consumed - self.received

    def as_row(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Books:
    store: BucketStore
    partitions: Partitions

    async def kept(self, order_id: str) -> int:
        """What was captured for the order minus what was given back, in minor units."""
        entry = await payment_book(self.store).look(order_id)
        return amount_of(entry).minor if entry and entry.state == "done" else 0

    async def parcel(self, order_id: str) -> str | None:
        """The tracking id of the order's parcel, when there is one."""
        entry = await shipment_book(self.store).look(order_id)
        return str(entry.facts["trackingId"]) if entry and entry.state == "done" else None

    async def holds(self, order_id: str, product_ids: Iterable[str]) -> Mapping[str, HoldState]:
        """The order's hold on each product that has one."""
        name, found = hold_id(order_id), dict[str, HoldState]()
        for product_id in product_ids:
            if stored := (await self.store.read(STOCK, product_id, [name])).get(name):
                found[product_id] = hold_of(stored.item).state
        return found

    async def shelf(self, product_id: str) -> Shelf | None:
        """None for a product that is not stock-managed. Reads every order's hold on it."""
        level: Level | None = None
        pieces = dict[HoldState, int]()
        async for item in self.partitions.items(STOCK, product_id):
            if item["id"] == LEVEL:
                level = level_of(item)
                continue
            hold = hold_of(item)
            pieces[hold.state] = pieces.get(hold.state, 0) + hold.quantity
        if level is None:
            return None
        return Shelf(
            product_id,
            received=level.received,
            available=level.available,
            held=pieces.get("held", 0),
            consumed=pieces.get("consumed", 0),
            short=pieces.get("short", 0),
        )
