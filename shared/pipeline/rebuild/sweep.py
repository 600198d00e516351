"""Everything that is in a container now, page by page and its ranges side by side."""

from collections.abc import Awaitable, Callable, Sequence

from shared.lag import WHOLE, Keys
from shared.pipeline.rebuild.backfill import CHANGES_A_PAGE, all_of
from shared.ports import FeedPages, Item


async def sweep(feed: FeedPages, container: str, act: Callable[[Sequence[Item]], Awaitable[None]]) -> None:
    """An item that changes meanwhile may come twice, the newer version last. Raises Transient."""

    async def through(keys: Keys, position: str | None = None) -> None:
        end: int | None = None
        while True:
            page = await feed.page(container, keys, position, most=CHANGES_A_PAGE)
            if page is None:
                await all_of(through(each, position) for each in await feed.parts(container, keys))
                return
            await act(page.items)
            end = page.newest if end is None else end
            position = page.position
            if page.reached >= end:
                return

    await all_of(through(each) for each in await feed.parts(container, WHOLE))
