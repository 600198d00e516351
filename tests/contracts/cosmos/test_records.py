"""Memory and file keep records in the same way: one contract, both stores, random histories."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.cosmos.records import Record
from local.cosmos.store import Store

EPKS = st.sampled_from([b"\x01", b"\x02", b"\x10", b"\x3f"])
NAMES = st.sampled_from(["a", "b", "c"])
HISTORY = st.lists(st.tuples(st.sampled_from(["put", "erase", "commit"]), EPKS, NAMES), max_size=40)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    memory, file = Store(), Store(tmp_path / "cosmos.db")
    yield memory, file
    memory.close()
    file.close()


def _play(store: Store, container: int, history: list[tuple[str, bytes, str]]) -> None:
    """One container and one range; each write takes the next LSN."""
    for lsn, (act, epk, name) in enumerate(history, 1):
        before = store.find(container, epk, name)
        if act == "put":
            seq = before.seq if before else store.next_sequence()
            store.put(Record(seq, container, epk, name, 0, lsn, lsn, None, lsn + 20, 1.0, b'"%d"' % lsn, b"{}"))
        elif act == "erase" and before:
            store.erase(before)
        elif act == "commit":
            store.commit()


def _seen(store: Store, container: int) -> dict[str, object]:
    """Everything a reader can ask, with `seq` as a rank because two stores need not count alike."""
    records = store.records

    def told(found: Iterator[Record] | list[Record]) -> list[tuple[object, ...]]:
        return [(one.epk, one.id, one.lsn, one.range, one.expires) for one in found]

    spans = ((b"", b"\xff", (b"", "")), (b"\x02", b"\x3f", (b"", "")), (b"\x01", b"\xff", (b"\x02", "b")))
    return {
        "partition": [told(records.partition(container, epk)) for epk in (b"\x01", b"\x02", b"\x3f")],
        "spans": [told(records.span(container, *span)) for span in spans],
        "changes": [told(records.changes(container, number, after)) for number in (0, 1) for after in (0, 3, 9)],
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORY, moved=EPKS, now=st.integers(0, 60))
def test_memory_and_file_agree_after_any_history(
    stores: tuple[Store, Store], history: list[tuple[str, bytes, str]], moved: bytes, now: int
) -> None:
    memory, file = stores
    container = memory.next_number("case")

    for store in stores:
        _play(store, container, history)
    assert _seen(memory, container) == _seen(file, container)

    for store in stores:
        store.records.move(container, moved, b"\xff", 1)
    assert _seen(memory, container) == _seen(file, container)

    for store in stores:
        store.purge(container, now, 1000)
    assert _seen(memory, container) == _seen(file, container)

    for store in stores:
        store.records.set_expiry(container, None)
    assert _seen(memory, container) == _seen(file, container)


def test_the_feed_of_memory_forgets_what_was_overwritten() -> None:
    """The log of a hot item does not grow with its writes."""
    store = Store()
    for lsn in range(1, 5001):
        store.put(Record(1, 1, b"\x01", "a", 0, lsn, 0, None, None, 1.0, b'""', b"{}"))

    assert [one.lsn for one in store.records.changes(1, 0, 0)] == [5000]
    store.close()


def test_a_split_keeps_the_order_within_a_transaction() -> None:
    """In memory; a file orders the items of one transaction by age."""
    store = Store()
    for seq, name in ((2, "written first"), (1, "written second")):
        store.put(Record(seq, 1, b"\x01", name, 0, 7, 0, None, None, 1.0, b'""', b"{}"))

    store.records.move(1, b"\x00", b"\xff", 1)

    assert [one.id for one in store.records.changes(1, 1, 0)] == ["written first", "written second"]
    store.close()
