"""Orders that broke, wait with everybody, and are whole again; and the replay that puts them in."""

from orders.events import OrderCancelled, OrderEvent, OrderPlaced, OrderShipped
from shared.pipeline.deeds import Author
from shared.pipeline.replay.plan import Wanted
from tests.orders import a_line, recorded, usd
from tests.pipeline.replay.desk import Desk, broken, items

ME = Author("ada", "the event is mended")
PLACED = OrderPlaced((a_line(),), usd(500))
STORY: tuple[OrderEvent, ...] = (PLACED, OrderShipped(by_hand=True), OrderCancelled("lost"))
EVERYTHING = Wanted()


def story(stream: str = "o1", *, bodies: tuple[OrderEvent, ...] = STORY) -> list[dict[str, object]]:
    return items(recorded(bodies, stream=stream))


async def parked(*streams: str, at: int = 2) -> Desk:
    """Each of these orders broke at that event, waits with everybody, and is whole again by now."""
    desk = Desk()
    for stream in streams:
        whole = story(stream)
        await desk.written([*whole[: at - 1], broken(whole[at - 1]), *whole[at:]])
        desk.put(whole)
        desk.clock.seconds += 1
    return desk


async def untroubled(*streams: str) -> Desk:
    """As if nothing had ever been broken."""
    desk = Desk()
    for stream in streams:
        await desk.written(story(stream))
    return desk


async def replayed(desk: Desk, wanted: Wanted = EVERYTHING) -> list[dict[str, object]]:
    lanes = [lot.lane for lot in await desk.replay.plan(wanted)]
    return [row async for row in desk.replay.run(lanes, ME, pace=desk.pace)]
