"""Messages of one key arrive in order, complete, at least once, whatever happens; those of others travel along."""

import asyncio
import random
from collections import Counter
from itertools import batched

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.eventhubs import partition_key as endpoints
from shared.eventhubs import Sender
from shared.eventhubs.partition_key import partition_of
from shared.kernel import Transient
from shared.ports import Hub, Taken
from tests.publish.links import PARTITIONS, ROOM, FakeLink

chances = st.integers(0, 2**32).map(random.Random)
KEYS = [f"o{number}" for number in range(7)]


def messages(count: int) -> list[bytes]:
    return [b"%d" % number for number in range(1, count + 1)]


async def until_taken(sender: Hub, key: str, wanted: list[bytes]) -> Taken:
    """As the feed does it: the same again, from the first, until it passes."""
    while True:
        try:
            return await sender.send(key, wanted)
        except Transient:
            await asyncio.sleep(0)


@given(chances, st.integers(0, 6), st.lists(st.integers(1, 9), min_size=1, max_size=len(KEYS)))
async def test_a_key_keeps_its_order_through_every_trouble(
    chance: random.Random, trouble: int, lengths: list[int]
) -> None:
    link = FakeLink(chance, trouble)
    sender = Sender(link)

    async def fed(key: str, count: int) -> None:
        for page in batched(messages(count), chance.randint(1, 4), strict=False):
            await until_taken(sender, key, list(page))

    await asyncio.gather(*(fed(key, count) for key, count in zip(KEYS, lengths, strict=False)))

    assert all(link.of(key) == messages(count) for key, count in zip(KEYS, lengths, strict=False))


@given(chances, st.integers(0, 3))
async def test_a_process_that_ends_anywhere_leaves_no_gap_behind(chance: random.Random, trouble: int) -> None:
    link, lengths = FakeLink(chance, trouble), {key: chance.randint(1, 9) for key in KEYS}

    for _ in range(4):
        sending = [asyncio.ensure_future(until_taken(Sender(link), key, messages(lengths[key]))) for key in KEYS]
        for _ in range(chance.randrange(40)):
            await asyncio.sleep(0)
        for task in sending:
            task.cancel()
        await asyncio.gather(*sending, return_exceptions=True)
        link.on_the_way.clear()

    for key in KEYS:
        assert link.of(key) == messages(lengths[key])[: len(link.of(key))]


@given(chances)
async def test_who_waits_with_one_that_is_cut_off_asks_again_and_passes(chance: random.Random) -> None:
    link = FakeLink(chance)
    sender = Sender(link)

    sending = {key: asyncio.ensure_future(until_taken(sender, key, messages(5))) for key in KEYS}
    for _ in range(chance.randrange(20)):
        await asyncio.sleep(0)
    sending[KEYS[0]].cancel()
    await asyncio.gather(*sending.values(), return_exceptions=True)

    assert [link.of(key) for key in KEYS[1:]] == [messages(5)] * len(KEYS[1:])
    assert await sender.send(KEYS[0], messages(5)) == Taken(5)
    assert link.of(KEYS[0]) == messages(5)


@given(chances, st.integers(0, 5))
async def test_what_fits_into_no_batch_stops_its_key_there_and_no_other(chance: random.Random, trouble: int) -> None:
    link = FakeLink(chance, trouble)
    sender, large = Sender(link), b"x" * (ROOM + 1)

    found = await asyncio.gather(
        until_taken(sender, "o0", [b"1", b"2", large, b"4"]), *(until_taken(sender, key, [b"1"]) for key in KEYS[1:])
    )

    assert found[0].count == 2
    assert found[0].poison
    assert found[0].poison.reason == "too_large"
    assert link.of("o0") == [b"1", b"2"]
    assert found[1:] == [Taken(1)] * len(KEYS[1:])


async def test_a_hub_that_takes_less_than_its_link_allows_is_given_less() -> None:
    link = FakeLink(room=1_000, refuses_over=3)

    taken = await Sender(link).send("o1", [b"11", b"22", b"4444", b"5"])

    assert (taken.count, taken.poison and taken.poison.reason) == (2, "too_large")
    assert link.of("o1") == [b"11", b"22"]


async def test_those_who_come_at_once_travel_together_in_batches_as_full_as_they_go() -> None:
    link = FakeLink(room=10)
    keys = [f"o{number}" for number in range(60)]

    await asyncio.gather(*(Sender.send(sender, key, [b"1"]) for sender in [Sender(link)] for key in keys))

    per_partition = Counter(partition_of(key, PARTITIONS) for key in keys)
    # The first to come finds the partitions still unknown, as do all who come with it.
    assert len(link.batches) <= sum(-(-count // 10) for count in per_partition.values()) + PARTITIONS
    assert max(len(batch) for batch in link.batches) == 10


async def test_a_failure_is_everybodys_who_waits_for_that_partition() -> None:
    link = FakeLink(is_away=True)
    sender = Sender(link)

    found = await asyncio.gather(*(sender.send(key, messages(2)) for key in KEYS), return_exceptions=True)

    assert all(isinstance(each, Transient) for each in found)
    assert link.arrived == []
    assert all(count == 0 for count in link.on_the_way.values())


@given(st.text(max_size=50), st.integers(1, 32))
def test_a_key_has_the_partition_that_the_endpoint_gives_it(key: str, count: int) -> None:
    assert partition_of(key, count) == endpoints.partition_of(key, count)


@pytest.mark.parametrize(("count", "partition"), [(1, 0), (2, 1), (4, 3), (8, 7)])
def test_the_remainder_of_a_negative_hash_is_taken_towards_zero(count: int, partition: int) -> None:
    assert partition_of("7", count) == partition
