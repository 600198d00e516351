"""Triggers at one place of a feed cost one read, and never see what a read of their own would not have shown."""

import asyncio

import pytest

from local.host.cosmos_trigger.shared_pages import SharedPages


class Feed:
    def __init__(self, *pages: str) -> None:
        self.pages, self.asked = list(pages), 0

    async def read(self) -> str:
        self.asked += 1
        await asyncio.sleep(0)
        if not self.pages:
            raise ConnectionError
        return self.pages.pop(0)


async def test_readers_of_one_moment_share_a_page() -> None:
    shared, feed = SharedPages[str, str](), Feed("page", "another")

    found = await asyncio.gather(*(shared.read("here", feed.read, keeps=bool) for _ in range(7)))

    assert (found, feed.asked) == (["page"] * 7, 1)
    assert await shared.read("there", feed.read, keeps=bool) == "another"


async def test_that_nothing_was_there_is_nobody_elses_answer() -> None:
    shared, feed = SharedPages[str, str](), Feed("", "page", "too late")

    found = await asyncio.gather(*(shared.read("here", feed.read, keeps=bool) for _ in range(3)))

    assert (found, feed.asked) == (["", "page", "page"], 2)


async def test_whoever_fails_or_gives_up_leaves_the_place_to_the_next() -> None:
    shared, broken, feed = SharedPages[str, str](), Feed(), Feed("page")
    with pytest.raises(ConnectionError):
        await shared.read("here", broken.read, keeps=bool)
    given_up = asyncio.create_task(shared.read("here", feed.read, keeps=bool))
    await asyncio.sleep(0)
    given_up.cancel()

    assert await shared.read("here", Feed("mine").read, keeps=bool) == "mine"
