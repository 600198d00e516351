"""Waking up: no write between two looks is slept over, and without a push the poll delay decides."""

import asyncio
from datetime import timedelta

import aiohttp
import pytest

from local.host.push import Changes, Push, is_loopback
from tests.conftest import Endpoint
from tests.host.conftest import Store

FOR_EVER = timedelta(days=1)
AT_ONCE = timedelta(milliseconds=1)


NOTHING = (False, 0)


async def test_a_move_before_the_wait_ends_it_at_once() -> None:
    changes = Changes()
    seen = changes.count("0")

    changes.move(1, {"0": 1})

    await changes.wait("0", seen, within=FOR_EVER)


async def test_a_move_wakes_everyone_who_waits_for_it() -> None:
    changes = Changes()
    waiters = [asyncio.create_task(changes.wait(token, NOTHING, within=FOR_EVER)) for token in ("0", "1", "00-FF")]
    await asyncio.sleep(0)

    changes.move(1, {"0": 1, "1": 0})

    await asyncio.gather(*waiters)


async def test_a_write_to_another_range_wakes_nobody() -> None:
    changes = Changes()
    changes.move(1, {"0": 1, "1": 4})
    waiter = asyncio.create_task(changes.wait("1", changes.count("1"), within=FOR_EVER))

    changes.move(2, {"0": 2, "1": 4})
    await asyncio.wait({waiter}, timeout=AT_ONCE.total_seconds())
    assert not waiter.done()

    changes.move(3, {"0": 2, "1": 5})
    await waiter


async def test_a_range_that_is_gone_is_looked_at() -> None:
    changes = Changes()
    changes.move(7, {"0": 7})
    waiter = asyncio.create_task(changes.wait("0", changes.count("0"), within=FOR_EVER))

    changes.move(7, {"1": 0, "2": 0})

    await waiter


async def test_who_is_woken_looks_although_nothing_has_moved() -> None:
    changes = Changes()
    changes.move(1, {"0": 1})
    waiter = asyncio.create_task(changes.wait("0", changes.count("0"), within=FOR_EVER))
    await asyncio.sleep(0)

    changes.wake()

    await waiter
    assert not changes.is_pushed


async def test_without_a_push_the_wait_ends_after_the_delay() -> None:
    changes = Changes()

    await changes.wait("0", NOTHING, within=AT_ONCE)

    assert changes.version == 0


async def test_a_write_on_the_server_moves_the_one_watcher_of_its_container(cosmos: Endpoint, store: Store) -> None:
    _, database, _, container = store.link.split("/")

    async with aiohttp.ClientSession() as session, Push(session) as push:
        changes = await push.changes(cosmos.url, database=database, container=container)
        again = await push.changes(cosmos.url + "/", database=database, container=container)
        seen = changes.version
        await asyncio.to_thread(store.write, "one")
        await changes.wait("no range", (False, seen), within=timedelta(seconds=30))

        assert again is changes
        assert changes.version > seen


async def test_a_server_that_does_not_push_is_polled(unused_tcp_port: int) -> None:
    async with aiohttp.ClientSession() as session, Push(session) as push:
        changes = await push.changes(f"http://127.0.0.1:{unused_tcp_port}", database="d", container="c")

        await changes.wait("0", NOTHING, within=AT_ONCE)

        assert changes.version == 0


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("http://localhost:8081/", True),
        ("http://127.0.0.1:8081", True),
        ("https://[::1]:8081/", True),
        ("https://acct.documents.azure.com:443/", False),
        ("http://192.168.0.7:8081/", False),
    ],
)
def test_only_a_server_on_this_machine_is_asked_for_a_push(endpoint: str, expected: bool) -> None:
    assert is_loopback(endpoint) is expected
