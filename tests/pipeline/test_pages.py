"""Pages over many partitions are pages of one list: complete, in order, and stable while others write."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel import Key, Shards, Transient
from shared.pipeline.pages import page
from shared.ports import Item, Place, Slice, Total
from tests.fakes import FakePages, FakeRows

VIEW = "order-board"
BUCKETS = Shards(16).buckets()
WANTED = Slice(("createdAt", "orderId"), shown=("orderId", "createdAt"), limit=5)

places = st.tuples(st.sampled_from("abcdef"), st.text("xyz", min_size=1, max_size=4))
# Few buckets, so that some hold far more than their share.
rows = st.dictionaries(places, st.sampled_from(BUCKETS[:3]), max_size=40)
limits = st.integers(1, 12)


async def put(pages: FakePages, place: Place, bucket: str) -> None:
    at, order = place
    await pages.rows.create(VIEW, Key(bucket, f"{at}{order}"), {"createdAt": at, "orderId": order})


async def stored(held: dict[Place, str]) -> FakePages:
    pages = FakePages(FakeRows())
    for place, bucket in held.items():
        await put(pages, place, bucket)
    return pages


def newest(held: dict[Place, str]) -> list[Place]:
    return sorted(held, reverse=True)


@given(rows, limits)
async def test_the_first_page_is_the_newest_of_all_partitions(held: dict[Place, str], limit: int) -> None:
    pages = await stored(held)

    found = await page(pages, VIEW, BUCKETS, replace(WANTED, limit=limit))

    assert [WANTED.place(row) for row in found.rows] == newest(held)[:limit]
    assert found.end == (newest(held)[limit - 1] if len(held) > limit else None)


@given(rows, limits, st.lists(places))
async def test_whoever_pages_sees_once_what_was_there_while_others_write(
    held: dict[Place, str], limit: int, coming: list[Place]
) -> None:
    pages = await stored(held)
    new = [place for place in dict.fromkeys(coming) if place not in held]

    seen: list[Place] = []
    wanted: Slice | None = replace(WANTED, limit=limit)
    while wanted:
        found = await page(pages, VIEW, BUCKETS, wanted)
        seen += [WANTED.place(row) for row in found.rows]
        if new:
            await put(pages, new.pop(), BUCKETS[0])
        wanted = replace(wanted, after=found.end) if found.end else None

    assert [place for place in seen if place in held] == newest(held)
    assert max(Counter(seen).values(), default=1) == 1


@given(rows, limits)
async def test_no_partition_is_asked_more_than_twice(held: dict[Place, str], limit: int) -> None:
    pages = await stored(held)

    await page(pages, VIEW, BUCKETS, replace(WANTED, limit=limit))

    assert {partition for partition, _ in pages.asked} == set(BUCKETS)
    assert max(Counter(partition for partition, _ in pages.asked).values()) <= 2


@pytest.mark.parametrize(("limit", "share"), [(1, 2), (100, 14), (1000, 87)])
async def test_of_keys_spread_by_their_hash_each_partition_is_asked_once_and_for_little(limit: int, share: int) -> None:
    pages = await stored({("a", f"ord_{n}"): Shards(16).bucket(f"ord_{n}") for n in range(3000)})

    found = await page(pages, VIEW, BUCKETS, replace(WANTED, limit=limit))

    assert len(found.rows) == limit
    assert [asked.limit for _, asked in pages.asked] == [share] * 16


async def test_one_partition_is_asked_once_for_one_row_more_than_the_page() -> None:
    pages = await stored({("a", str(n)): "00" for n in range(9)})

    await page(pages, VIEW, ["00"], WANTED)

    assert [asked.limit for _, asked in pages.asked] == [6]


async def test_of_no_partition_at_all_the_page_is_empty() -> None:
    found = await page(FakePages(FakeRows()), VIEW, (), WANTED)

    assert (list(found.rows), found.end) == ([], None)


@dataclass
class Torn:
    """One partition is away."""

    away: str

    async def newest(self, container: str, partition: str, wanted: Slice) -> Sequence[Item]:
        del container, wanted
        if partition == self.away:
            raise Transient("away")
        return []

    async def total(self, container: str, partition: str, *, of: str) -> Total:
        raise NotImplementedError(container, partition, of)


async def test_a_partition_that_is_away_is_the_answer_of_all() -> None:
    with pytest.raises(Transient, match="away"):
        await page(Torn(away="07"), VIEW, BUCKETS, WANTED)
