"""Leases: the documents in the container, and who reads what while hosts come, block, stop and die."""

from datetime import UTC, datetime, timedelta

from tests.conftest import Endpoint
from tests.host.conftest import Hosted, Run, Store, ask, feed_app
from tests.programs import until

NOTE_IDS = 'for doc in docs:\n    note(id=doc["id"], host=os.environ["HOST"])'
NET_FIELDS = [
    *("id", "version", "LeaseToken", "FeedRange", "Owner"),
    *("ContinuationToken", "properties", "timestamp", "Mode"),
]
SLOW_LEASES = "lease_expiration_interval=60000"


def spread(count: int, *, start: int = 0) -> list[tuple[str, str]]:
    """Documents over all ranges: id and partition key."""
    return [(f"{number:03}", f"k{number}") for number in range(start, start + count)]


def write(store: Store, documents: list[tuple[str, str]]) -> None:
    for identity, pk in documents:
        store.write(identity, pk=pk)


def all_noted(hosted: Hosted, documents: list[tuple[str, str]]) -> bool | None:
    return {identity for identity, _ in documents} <= {note.get("id") for note in hosted.notes()} or None


def shares(store: Store) -> list[int]:
    owners = store.owners()
    return sorted(owners.count(owner) for owner in {*owners} if owner is not None)


def reshape(cosmos: Endpoint, act: str, store: Store, key_range: str) -> None:
    status, _ = ask("POST", f"{cosmos.url}/_local/{act}", {"container": store.link, "range": key_range})
    assert status == 200


def test_lease_documents_have_the_ids_and_fields_of_the_net_sdk(run: Run, store: Store) -> None:
    store.write("one")

    with run(feed_app("note(id=docs[0]['id'])"), environ=store.settings) as hosted:
        assert hosted.url
        hosted.noted(id="one")
        moved = until(
            lambda: [one for one in store.lease_items() if one["ContinuationToken"]] or None, what="a checkpoint"
        )
        ids = sorted(item["id"] for item in store.leases.read_all_items())

    _, database_rid, _, container_rid, _ = store.items.read()["_self"].split("/")
    feed = f"feed-127.0.0.1_{database_rid}_{container_rid}"
    assert ids == [f"{feed}..{number}" for number in range(4)] + [f"{feed}.info"]
    (lease,) = moved
    assert [name for name in lease if not name.startswith("_")] == NET_FIELDS
    assert (lease["version"], lease["Mode"], lease["properties"]) == (0, "Incremental Feed", {})
    assert lease["id"] == f"{feed}..{lease['LeaseToken']}"
    assert lease["ContinuationToken"].strip('"').isdigit()
    assert lease["ContinuationToken"].startswith('"')


def test_two_hosts_share_the_ranges_and_a_killed_ones_ranges_go_over_with_nothing_lost(run: Run, store: Store) -> None:
    first, second = spread(40), spread(40, start=40)

    with (
        run(feed_app(NOTE_IDS), environ={**store.settings, "HOST": "one"}) as one,
        run(feed_app(NOTE_IDS), environ={**store.settings, "HOST": "other"}) as other,
    ):
        assert one.url
        assert other.url
        until(lambda: shares(store) == [2, 2] or None, what="two leases for each host")
        write(store, first)
        until(lambda: all_noted(one, first), what="the first forty")
        assert {note["host"] for note in one.notes()} == {"one", "other"}

        one.program.kill()
        write(store, second)
        until(lambda: all_noted(other, second), what="the second forty, from the host that is left")

        until(lambda: shares(store) == [4] or None, what="all leases at the host that is left")
        assert other.program.end() == 0


def test_a_stop_lets_the_batch_end_and_gives_the_leases_back_at_once(run: Run, store: Store) -> None:
    body = 'note(began=docs[0]["id"])\nawait asyncio.sleep(1)\nnote(ended=docs[0]["id"])'
    source = feed_app(body).replace("lease_expiration_interval=2000", SLOW_LEASES)

    with run(source, environ=store.settings) as hosted:
        assert hosted.url
        store.write("one")
        hosted.noted(began="one")

        assert hosted.program.end() == 0

    leases = store.lease_items()
    assert hosted.notes() == [{"began": "one"}, {"ended": "one"}]
    assert [lease["Owner"] for lease in leases] == [None] * 4
    assert [lease["ContinuationToken"] is not None for lease in leases].count(True) == 1


def test_a_stop_while_a_batch_waits_for_its_retry_does_not_checkpoint_it(run: Run, store: Store) -> None:
    above = '@app.retry(strategy="fixed_delay", max_retry_count="-1", delay_interval="00:10:00")'

    with run(feed_app("note(tried=1)\nraise ValueError", above=above), environ=store.settings) as hosted:
        assert hosted.url
        store.write("one")
        until(lambda: "is tried again" in hosted.program.said or None, what="the wait for the retry")

        assert hosted.program.end() == 0

    assert [(lease["Owner"], lease["ContinuationToken"]) for lease in store.lease_items()] == [(None, None)] * 4


def test_a_handler_that_blocks_does_not_keep_its_lease_from_being_renewed(run: Run, store: Store) -> None:
    with run(feed_app("note(began=1)\ntime.sleep(4)\nnote(ended=1)"), environ=store.settings) as hosted:
        assert hosted.url
        before = set(store.owners())
        store.write("one")
        hosted.noted(began=1)
        # Well past the two seconds after which a lease that nobody renews is free.
        limit = datetime.now(UTC) + timedelta(seconds=2.5)

        def renewed() -> bool | None:
            stamps = [datetime.fromisoformat(lease["timestamp"]) for lease in store.lease_items()]
            return min(stamps) > limit or None

        until(renewed, what="renewals of all leases")
        assert {"ended": 1} not in hosted.notes()
        assert set(store.owners()) == before
        assert len(before) == 1
        hosted.noted(ended=1)
        assert hosted.program.end() == 0


def test_a_host_that_never_comes_back_from_a_handler_still_stops(run: Run, store: Store) -> None:
    with run(feed_app("note(began=1)\ntime.sleep(3600)"), environ=store.settings) as hosted:
        assert hosted.url
        store.write("one")
        hosted.noted(began=1)

        assert hosted.program.end() == 0

    assert store.owners() == [None] * 4
    assert all(lease["ContinuationToken"] is None for lease in store.lease_items())


def test_a_split_hands_the_place_in_the_feed_to_the_children(run: Run, store: Store, cosmos: Endpoint) -> None:
    first, second = spread(30), spread(30, start=30)

    with run(feed_app(NOTE_IDS), environ={**store.settings, "HOST": "one"}) as hosted:
        assert hosted.url
        write(store, first)
        until(lambda: all_noted(hosted, first), what="what was written before the split")
        reshape(cosmos, "split", store, "1")
        write(store, second)
        until(lambda: all_noted(hosted, second), what="what was written after the split")

        until(lambda: len(store.lease_items()) == 5 or None, what="five leases")
        tokens = {lease["LeaseToken"] for lease in store.lease_items()}
        ids = [note["id"] for note in hosted.notes()]

    assert "1" not in tokens
    assert len(ids) == len(set(ids)) == 60


def test_a_merge_keeps_each_lease_at_its_place(run: Run, store: Store, cosmos: Endpoint) -> None:
    first, second = spread(30), spread(30, start=30)

    with run(feed_app(NOTE_IDS), environ={**store.settings, "HOST": "one"}) as hosted:
        assert hosted.url
        write(store, first)
        until(lambda: all_noted(hosted, first), what="what was written before the merge")
        reshape(cosmos, "merge", store, "1")
        write(store, second)
        until(lambda: all_noted(hosted, second), what="what was written after the merge")

        until(lambda: [one["version"] for one in store.lease_items()].count(1) == 2 or None, what="two EPK leases")
        ids = [note["id"] for note in hosted.notes()]

    assert len(ids) == len(set(ids)) == 60
