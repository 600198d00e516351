"""A copy under another key is whole, whatever happens while it is made; what cannot be its key is refused."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel import Key, Misconfigured
from shared.lag import WHOLE, Keys
from shared.pipeline.rekey import Collision, Rekey, Way
from shared.ports import FeedPage, Item
from tests.fakes import FakeRows, Fate, Killed

WAY = Way("orders-by-customer", "orders-by-order", old="customerId", new="orderId")


@dataclass
class Account:
    """A source with its feed in two ranges, one of which may be split, and a target."""

    rows: FakeRows = field(default_factory=FakeRows)
    changes: dict[Key, int] = field(default_factory=dict)
    newest: int = 0
    kept: Item | None = None
    is_split: bool = False

    async def put(self, order: str, customer: str, note: int = 0) -> None:
        key = Key(customer, order)
        item = {"id": order, "orderId": order, "customerId": customer, "note": note, "_ts": self.newest}
        stored = self.rows.rows.get((WAY.source, key))
        if stored:
            await self.rows.replace(WAY.source, key, item, etag=stored.etag)
        else:
            await self.rows.create(WAY.source, key, item)
        self.change(key)

    def change(self, key: Key) -> None:
        self.changes.pop(key, None)
        self.newest += 1
        self.changes[key] = self.newest

    def remove(self, order: str, customer: str) -> None:
        del self.rows.rows[WAY.source, Key(customer, order)]
        del self.changes[Key(customer, order)]

    async def parts(self, container: str, keys: Keys) -> Sequence[Keys]:
        assert container == WAY.source
        cuts = ["", "40", "80", "FF"] if self.is_split else ["", "80", "FF"]
        ranges = [Keys(low, high) for low, high in pairwise(cuts)]
        return [each for each in ranges if keys.includes(each)]

    async def page(self, container: str, keys: Keys, position: str | None, *, most: int) -> FeedPage | None:
        assert container == WAY.source
        if keys not in await self.parts(container, WHOLE):
            return None
        start = int(position or "0")
        numbered = [(number, key) for key, number in self.changes.items() if number > start]
        mine = [
            (number, key)
            for number, key in numbered
            if keys.low <= f"{crc32(key.partition.encode()) % 255:02X}" < keys.high
        ]
        taken = mine[:most]
        reached = taken[-1][0] if len(taken) < len(mine) else self.newest
        items = [self.rows.rows[WAY.source, key].item for _, key in taken]
        return FeedPage(items, str(reached), reached, self.newest)

    async def everything(self, container: str) -> AsyncIterator[Item]:
        for (held, _), stored in list(self.rows.rows.items()):
            if held == container:
                yield {**stored.item, "_etag": stored.etag}

    async def keep(self, item: Item) -> None:
        self.kept = item

    async def last(self) -> Item | None:
        return self.kept

    def rekey(self) -> Rekey:
        return Rekey(WAY, self, self, self.rows, self, page=2)

    def is_copied(self) -> bool:
        sides: dict[str, list[tuple[object, ...]]] = {WAY.source: [], WAY.target: []}
        for (container, key), stored in self.rows.rows.items():
            item = stored.item
            sides[container].append((item["id"], item["customerId"], item["note"]))
            assert container == WAY.source or key == Key(str(item["orderId"]), str(item["id"]))
        return sorted(map(str, sides[WAY.source])) == sorted(map(str, sides[WAY.target]))


async def an_account() -> Account:
    account = Account()
    for number in range(6):
        await account.put(f"o{number}", f"c{number % 4}")
    return account


async def test_every_item_is_there_once_under_its_new_key_and_both_say_the_same() -> None:
    account = await an_account()

    await account.rekey().copy()
    compared = await account.rekey().compare()

    assert account.is_copied()
    assert (compared.items, compared.is_same) == (6, True)


@pytest.mark.parametrize("after_effect", [False, True])
async def test_whoever_copies_may_die_at_any_operation_and_goes_on_where_it_was(after_effect: bool) -> None:
    at = 0
    while True:
        at += 1
        account = await an_account()
        account.rows.fate = Fate(die_at=at, after_effect=after_effect)
        try:
            await account.rekey().copy()
        except* Killed:
            account.rows.fate = Fate()
            await account.rekey().copy()
        else:
            break
        assert account.is_copied(), at
    assert at > 10


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 9), st.booleans()), max_size=12))
async def test_what_is_written_meanwhile_comes_with_the_next_look(writes: list[tuple[str, int, bool]]) -> None:
    account = await an_account()
    await account.rekey().copy()
    for order, note, is_split in writes:
        account.is_split = account.is_split or is_split
        await account.put(order, "c1", note)
        if note % 2:
            await account.rekey().copy()

    await account.rekey().copy()

    assert account.is_copied()


async def test_what_the_feed_does_not_tell_is_found_by_comparing() -> None:
    account = await an_account()
    await account.rekey().copy()
    account.remove("o1", "c1")
    key = Key("o2", "o2")
    await account.rows.replace(
        WAY.target, key, {"id": "o2", "orderId": "o2", "customerId": "c2", "note": 7}, etag=_etag(account, key)
    )

    found = await account.rekey().compare()

    assert (found.mended, found.extra, found.is_same) == (1, 1, False)
    assert account.is_copied()
    assert (await account.rekey().compare()).is_same


async def test_a_key_under_which_two_items_would_be_one_is_refused() -> None:
    account = await an_account()
    await account.put("o1", "c9")

    with pytest.raises(Collision, match="o1 o1 would be two items"):
        await account.rekey().copy()


async def test_an_item_without_the_new_key_is_named() -> None:
    account = await an_account()
    await account.rows.create(WAY.source, Key("c1", "odd"), {"id": "odd", "customerId": "c1"})
    account.change(Key("c1", "odd"))

    with pytest.raises(Misconfigured, match="c1 odd has no text orderId"):
        await account.rekey().copy()


def _etag(account: Account, key: Key) -> str:
    return account.rows.rows[WAY.target, key].etag
