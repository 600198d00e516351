"""An order that can never go out waits in its lane; the others go on, and a release brings it in in order."""

from orders.events import OrderDelivered, OrderPlaced, OrderShipped
from shared.kernel import Key
from shared.pipeline.lanes import CONTAINER, HEAD, lane
from tests.orders import a_line, recorded, usd
from tests.pipeline.worlds import World
from tests.publish.hubs import PUBLISHING, FakeHub, outlets

PLACED = OrderPlaced((a_line(),), usd(500))
STUCK, FREE = (
    recorded([PLACED, OrderShipped(by_hand=True), OrderDelivered()], stream="o1"),
    recorded([PLACED], stream="o2"),
)
KEY = Key("o1", "o1")


async def test_an_event_that_the_hub_never_takes_parks_its_order_alone() -> None:
    hub = FakeHub(refuses=lambda event: event["id"] == "o1:000002")
    world = World([*STUCK, *FREE], outlets=outlets(hub))

    await world.deliver_to(PUBLISHING, [*STUCK[:2], *FREE])
    await world.deliver_to(PUBLISHING, STUCK[2:])

    assert hub.ids == ["o1:000001", "o2:000001"]
    head = world.rows.rows[CONTAINER, Key(lane(PUBLISHING.name, KEY), HEAD)].item
    assert (head["first"], head["last"], head["reason"]) == (2, 3, "too_large")

    hub.refuses = lambda _: False
    assert await PUBLISHING.release(KEY, world.engine) == "released"
    assert hub.of("o1") == ["o1:000001", "o1:000002", "o1:000003"]
    assert world.rows.rows == {}


async def test_events_of_one_order_in_one_page_leave_together() -> None:
    hub = FakeHub()
    world = World(STUCK, outlets=outlets(hub))

    await world.deliver_to(PUBLISHING, STUCK)

    assert (hub.parcels, hub.ids) == (1, ["o1:000001", "o1:000002", "o1:000003"])
    assert {key for key, _ in hub.taken} == {"o1"}
