"""The overlay answers as the store under it would, and leaves that as it was."""

from hypothesis import given
from hypothesis import strategies as st

from shared.kernel import Conflict, Key
from shared.pipeline.replay.changes import changes
from shared.pipeline.replay.overlay import Stores, over
from shared.ports import RowStore, Write
from tests.fakes import FakeBatches, FakeEventStore, FakeRows

PLACE = "poison"
names = st.sampled_from(["a", "b", "c"])
acts = st.lists(
    st.tuples(st.sampled_from(["create", "replace", "stale", "delete", "batch"]), names, st.integers(0, 3)), max_size=12
)


async def written(rows: RowStore, batches: object, act: tuple[str, str, int]) -> str:
    """What the store says to it, without etags."""
    kind, name, value = act
    key, item = Key("p", name), {"id": name, "lane": "p", "value": value}
    found = await rows.read(PLACE, key)
    etag = found.etag if found else "none"
    try:
        match kind:
            case "create":
                await rows.create(PLACE, key, item)
            case "replace":
                await rows.replace(PLACE, key, item, etag=etag)
            case "stale":
                await rows.replace(PLACE, key, item, etag="old")
            case "delete":
                await rows.delete(PLACE, key, etag=etag)
            case _:
                other = {"id": f"{name}{value}", "lane": "p"}
                writes = [Write(item, found.etag if found else None), Write(other)]
                await batches.commit(PLACE, "p", writes)  # type: ignore[attr-defined]  # a BucketStore
    except Conflict:
        return "conflict"
    return "done"


def a_store() -> tuple[FakeRows, FakeBatches, Stores]:
    rows = FakeRows()
    batches = FakeBatches(rows)
    return rows, batches, Stores(FakeEventStore(), rows, batches, batches)


@given(acts, acts)
async def test_it_answers_like_the_store_and_changes_nothing_below(
    before: list[tuple[str, str, int]], during: list[tuple[str, str, int]]
) -> None:
    (rows, batches, stores), (twin_rows, twin_batches, _) = a_store(), a_store()
    for act in before:
        await written(rows, batches, act)
        await written(twin_rows, twin_batches, act)
    was = dict(rows.rows)
    covered, layer = over(stores, events="orders")

    said = [await written(covered.rows, covered.buckets, act) for act in during]

    assert said == [await written(twin_rows, twin_batches, act) for act in during]
    assert rows.rows == was
    seen = {str(item["id"]): item.get("value") async for item in covered.partitions.items(PLACE, "p")}
    real = {str(item["id"]): item.get("value") async for item in twin_batches.items(PLACE, "p")}
    assert seen == real
    differing = {name for name in {*seen, *(key.id for _, key in was)} if seen.get(name) != _value(was, name)}
    assert {each.key.id for each in changes(layer)} >= differing - {None}


def _value(rows: dict, name: str) -> object:  # type: ignore[type-arg]  # as the fake keeps them
    stored = rows.get((PLACE, Key("p", name)))
    return stored.item.get("value") if stored else None


async def test_an_event_that_is_there_below_is_not_appended_again() -> None:
    _, _, stores = a_store()
    await stores.events.append("o1", [{"id": "000001", "orderId": "o1", "sequence": 1}])
    covered, _ = over(stores, events="orders")

    outcomes = [await _appended(covered, sequence) for sequence in (1, 2, 2)]

    assert outcomes == ["conflict", "done", "conflict"]
    assert [item["sequence"] for item in await covered.events.read("o1")] == [1, 2]
    assert [item["sequence"] for item in await stores.events.read("o1")] == [1]


async def _appended(stores: Stores, sequence: int) -> str:
    try:
        await stores.events.append("o1", [{"id": f"{sequence:06d}", "orderId": "o1", "sequence": sequence}])
    except Conflict:
        return "conflict"
    return "done"
