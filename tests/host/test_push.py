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


async def test_a_move_before_the_wait_ends_it_at_once() -> None:
    changes = Changes()
    seen = changes.version

    changes.move(1)

    await changes.wait(seen, within=FOR_EVER)


async def test_a_move_wakes_everyone_who_waits() -> None:
    changes = Changes()
    waiters = [asyncio.create_task(changes.wait(0, within=FOR_EVER)) for _ in range(3)]
    await asyncio.sleep(0)

    changes.move(1)

    await asyncio.gather(*waiters)


async def test_without_a_push_the_wait_ends_after_the_delay() -> None:
    changes = Changes()

    await changes.wait(0, within=AT_ONCE)

    assert changes.version == 0


async def test_a_write_on_the_server_moves_the_one_watcher_of_its_container(cosmos: Endpoint, store: Store) -> None:
    _, database, _, container = store.link.split("/")

    async with aiohttp.ClientSession() as session, Push(session) as push:
        changes = await push.changes(cosmos.url, database=database, container=container)
        again = await push.changes(cosmos.url + "/", database=database, container=container)
        seen = changes.version
        await asyncio.to_thread(store.write, "one")
        await changes.wait(seen, within=timedelta(seconds=30))

        assert again is changes
        assert changes.version > seen


async def test_a_server_that_does_not_push_is_polled(unused_tcp_port: int) -> None:
    async with aiohttp.ClientSession() as session, Push(session) as push:
        changes = await push.changes(f"http://127.0.0.1:{unused_tcp_port}", database="d", container="c")

        await changes.wait(0, within=AT_ONCE)

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
