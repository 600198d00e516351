"""Our own warehouse: a level per product and a hold per order, changed together in one transactional batch."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakValueDictionary

from gateways.again import AGAIN, decided
from gateways.holds import HOLD_STATES, HoldState, HoldVerb, Move, is_granted, transition
from orders.events import Line, OrderPlaced, StockHeld, StockRefused, StockReleased
from shared.kernel import Conflict, Key, Recorded, Transient
from shared.ports import BucketStore, Item, Stored, Write

STOCK: Final = "stock"
LEVEL: Final = "level"
SCHEMA_VERSION: Final = 1

_STATES: Final = {str(state): state for state in HOLD_STATES}


@dataclass(frozen=True, slots=True)
class Level:
    """In pieces: what no order holds, and all that was ever put in."""

    available: int
    received: int


@dataclass(frozen=True, slots=True)
class Hold:
    state: HoldState
    quantity: int


class Warehouse:
    """The `Stock` of this app.

    Stock law, at any moment: available + held + consumed = received, and available is never negative. A hold never
    expires: it has to outlive every call that may still come.
    """

    def __init__(self, store: BucketStore) -> None:
        self._store = store
        # Orders of one worker queue for a product instead of meeting each other's etags; across workers these decide.
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def hold(self, order_id: str, lines: Sequence[Line]) -> StockHeld | StockRefused:
        for product_id, state in (await self._settle(order_id, "hold", lines)).items():
            if not is_granted(state):
                return StockRefused(product_id)
        return StockHeld()

    async def release(self, order_id: str, lines: Sequence[Line]) -> StockReleased:
        await self._settle(order_id, "release", lines)
        return StockReleased()

    async def consume(self, order_id: str, lines: Sequence[Line]) -> None:
        await self._settle(order_id, "consume", lines)

    async def set_level(self, product_id: str, available: int) -> Level:
        """Say how many pieces no order holds; what was received is corrected by the difference.

        From then on the product is stock-managed. Raises ValueError below 0; raises Unknown when the answer was lost,
        and is then not repeated: meanwhile somebody may have taken from the new level.
        """
        if available < 0:
            raise ValueError(f"a level cannot be {available}: 0 is the least")
        async with self._turn(product_id):
            for _ in range(AGAIN):
                stored = (await self._store.read(STOCK, product_id, [LEVEL])).get(LEVEL)
                found = level_of(stored.item) if stored else Level(0, 0)
                level = Level(available, found.received + available - found.available)
                write = Write(_level_item(product_id, level), stored.etag if stored else None)
                try:
                    await self._store.commit(STOCK, product_id, [write])
                except Conflict:
                    continue
                return level
        raise Transient(f"{STOCK} {product_id}: the level changed {AGAIN} times under our hands; set it again")

    async def _settle(self, order_id: str, verb: HoldVerb, lines: Sequence[Line]) -> Mapping[str, HoldState | None]:
        """By product, in the order of the lines. Each is brought to its end, then the first trouble is raised."""
        wanted = _pieces(lines)
        states = await asyncio.gather(
            *(self._settle_one(order_id, verb, *each) for each in wanted.items()), return_exceptions=True
        )
        settled: dict[str, HoldState | None] = {}
        for product_id, state in zip(wanted, states, strict=True):
            if isinstance(state, BaseException):
                raise state
            settled[product_id] = state
        return settled

    async def _settle_one(self, order_id: str, verb: HoldVerb, product_id: str, quantity: int) -> HoldState | None:
        async with self._turn(product_id):
            return await decided(
                lambda: self._attempt(order_id, verb, product_id, quantity), f"{STOCK} {product_id} for {order_id}"
            )

    async def _attempt(self, order_id: str, verb: HoldVerb, product_id: str, quantity: int) -> HoldState | None:
        name = hold_id(order_id)
        found = await self._store.read(STOCK, product_id, [LEVEL, name])
        level = level_of(found[LEVEL].item) if LEVEL in found else None
        hold = hold_of(found[name].item) if name in found else None
        # A hold is about what it was first asked for, whoever asks again.
        pieces = hold.quantity if hold else quantity
        move = transition(hold.state if hold else None, verb, level.available if level else None, pieces)
        if move.state is None or (hold and hold.state == move.state):
            return move.state
        item = _hold_item(order_id, product_id, Hold(move.state, pieces)) | {"by": f"{verb}_stock"}
        writes = [Write(item, _etag(found.get(name)))]
        if level and move.taken:
            writes.append(Write(_level_item(product_id, _after(level, move)), found[LEVEL].etag))
        await self._store.commit(STOCK, product_id, writes)
        return move.state

    def _turn(self, product_id: str) -> asyncio.Lock:
        return self._turns.setdefault(product_id, asyncio.Lock())


def hold_id(order_id: str) -> str:
    return f"hold:{order_id}"


def holds_of(order_id: str, events: Iterable[Recorded[Any]]) -> Iterator[tuple[str, Key]]:
    """Where every hold of the order is, if it has any."""
    placed = (event.body for event in events if isinstance(event.body, OrderPlaced))
    yield from ((STOCK, Key(line.product_id, hold_id(order_id))) for order in placed for line in order.lines)


def level_of(item: Item) -> Level:
    return Level(int(str(item["available"])), int(str(item["received"])))


def hold_of(item: Item) -> Hold:
    return Hold(_STATES[str(item["state"])], int(str(item["quantity"])))


def _pieces(lines: Sequence[Line]) -> Mapping[str, int]:
    wanted: dict[str, int] = {}
    for line in lines:
        wanted[line.product_id] = wanted.get(line.product_id, 0) + line.quantity
    return wanted


def _after(level: Level, move: Move) -> Level:
    return Level(level.available - move.taken, level.received)


def _level_item(product_id: str, level: Level) -> Item:
    counts = {"available": level.available, "received": level.received}
    return {"id": LEVEL, "productId": product_id, "type": "StockLevel", "schemaVersion": SCHEMA_VERSION, **counts}


def _hold_item(order_id: str, product_id: str, hold: Hold) -> dict[str, object]:
    stamp = {"id": hold_id(order_id), "productId": product_id, "type": "StockHold", "schemaVersion": SCHEMA_VERSION}
    return {**stamp, "orderId": order_id, "state": hold.state, "quantity": hold.quantity}


def _etag(stored: Stored | None) -> str | None:
    return stored.etag if stored else None
