"""The same view by pyeventsourcing's projection runner, as its documentation writes one: a transaction an event.

Its recorder of events in SQLite takes no subscriptions, so its events are in memory, which costs it less than a file
would. The view and the position are in a file, in the journal mode that the package chooses (WAL) and as durable as our
server (synchronous NORMAL, where the package leaves SQLite's FULL): no write waits for the disk on either side.
"""

import json
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, override
from uuid import uuid4

from eventsourcing.application import Application
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import ApplicationRecorder, Tracking
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.sqlite import SQLiteDatastore, SQLiteTrackingRecorder

from benchmarks.claims import Spent, Stretch
from benchmarks.order_pages import history
from orders.events import OrderPlaced
from shared.pipeline.spelling import Spelling

PATIENCE: Final = 120.0
_PLACED: Final = Spelling(OrderPlaced)


class Order(Aggregate):
    @event("Placed")
    def __init__(self, customer_id: str, lines: list[dict[str, Any]], total: int, currency: str) -> None:
        self.customer_id, self.lines, self.total, self.currency = customer_id, lines, total, currency

    @event("PaymentCaptured")
    def capture(self, amount: int) -> None:
        self.paid = amount

    @event("ShipmentRequested")
    def request_shipment(self) -> None:
        self.is_requested = True

    @event("Shipped")
    def ship(self, by_hand: bool) -> None:  # noqa: FBT001 - the package writes the arguments into the event
        self.by_hand = by_hand

    @event("Delivered")
    def deliver(self) -> None:
        self.is_delivered = True


class Orders(Application[Any]):
    pass


class View(SQLiteTrackingRecorder):
    def __init__(self, datastore: SQLiteDatastore, **more: Any) -> None:  # noqa: ANN401 - the package's own
        super().__init__(datastore, **more)
        with datastore.get_connection(commit=True) as connection:
            connection.cursor().execute("PRAGMA synchronous=NORMAL")

    @override
    def construct_create_table_statements(self) -> list[str]:
        table = (
            "CREATE TABLE IF NOT EXISTS customer_orders (order_id TEXT PRIMARY KEY, customer_id TEXT, status TEXT, "
            "items TEXT, total INTEGER, currency TEXT, created_at TEXT) WITHOUT ROWID"
        )
        return [*super().construct_create_table_statements(), table]

    def put(self, row: tuple[object, ...], tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute("INSERT INTO customer_orders VALUES (?, ?, 'pending', ?, ?, ?, ?)", row)

    def change(self, order_id: str, status: str, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute("UPDATE customer_orders SET status = ? WHERE order_id = ?", (status, order_id))

    def delivered(self) -> int:
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT COUNT(*) FROM customer_orders WHERE status = 'delivered'")
            return int(cursor.fetchone()[0])


class CustomerOrders(Projection[View]):
    @override
    @singledispatchmethod
    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        self.view.insert_tracking(tracking)

    @process_event.register
    def _(self, placed: Order.Placed, tracking: Tracking) -> None:  # type: ignore[name-defined]  # made by the decorator
        lines, at = json.dumps(placed.lines), placed.timestamp.isoformat()
        row = (str(placed.originator_id), placed.customer_id, lines, placed.total, placed.currency, at)
        self.view.put(row, tracking)

    @process_event.register
    def _(self, shipped: Order.Shipped, tracking: Tracking) -> None:  # type: ignore[name-defined]  # same
        self.view.change(str(shipped.originator_id), "shipped", tracking)

    @process_event.register
    def _(self, delivered: Order.Delivered, tracking: Tracking) -> None:  # type: ignore[name-defined]  # same
        self.view.change(str(delivered.originator_id), "delivered", tracking)


def _placed(stream: str) -> Any:  # noqa: ANN401 - what JSON is made of
    body = history(stream, f"customer-{stream}")[0].body
    assert isinstance(body, OrderPlaced)
    return _PLACED.write_json(body)


def filled(orders: int) -> ApplicationRecorder:
    """The recorded events of so many orders, of the same content as ours."""
    app = Orders()
    for _ in range(orders):
        stream = uuid4().hex
        placed = _placed(stream)
        total = placed["total"]
        order = Order(f"customer-{stream}", placed["lines"], total["minor"], total["currency"])
        order.capture(total["minor"])
        order.request_shipment()
        order.ship(by_hand=False)
        order.deliver()
        app.save(order)
    return app.recorder


def run(orders: int) -> Spent:
    """From the start of the runner to the last event in the view. All its threads are of this process."""
    recorder = filled(orders)

    class Filled(Orders):
        name = "Orders"

        @override
        def construct_recorder(self) -> ApplicationRecorder:
            return recorder

    class Ending(View):
        last, ended = recorder.max_notification_id(), threading.Event()

        @override
        def change(self, order_id: str, status: str, tracking: Tracking) -> None:
            super().change(order_id, status, tracking)
            if tracking.notification_id == self.last:
                # The runner's own `wait` looks again after up to 0.8 s.
                self.ended.set()

    with TemporaryDirectory(dir=".") as folder, Stretch() as spent:
        file = str(Path(folder) / "view.sqlite")
        env = {"CUSTOMERORDERS_PERSISTENCE_MODULE": "eventsourcing.sqlite", "CUSTOMERORDERS_SQLITE_DBNAME": file}
        with ProjectionRunner(
            application_class=Filled, projection_class=CustomerOrders, view_class=Ending, env=env
        ) as runner:
            assert Ending.ended.wait(PATIENCE)
            assert runner.view.delivered() == orders
    return spent
