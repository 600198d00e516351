"""Cosmos triggers: what is delivered, what is repeated, and what is lost, as in production."""

import json

import pytest

from tests.host.conftest import Run, Store, ask, feed_app
from tests.programs import until

NOTE_IDS = """
for doc in docs:
    note(id=doc["id"])
"""
ENDLESS = '@app.retry(strategy="fixed_delay", max_retry_count="-1", delay_interval="00:00:00")'
TWICE = '@app.retry(strategy="fixed_delay", max_retry_count="2", delay_interval="00:00:00")'
THROW_ON_BAD = """
retry = context.retry_context
for doc in docs:
    note(id=doc["id"], retry=retry.retry_count, limit=retry.max_retry_count)
    if doc["id"] == "bad":
        raise ValueError("a bad document")
"""


def test_a_write_reaches_an_idle_trigger_long_before_its_poll_delay(run: Run, store: Store) -> None:
    with run(feed_app(NOTE_IDS, options="feed_poll_delay=60000"), environ=store.settings) as hosted:
        assert hosted.url
        for number in range(5):
            store.write(str(number), pk=str(number))

            hosted.noted(id=str(number))


def test_every_write_is_delivered_and_each_key_in_its_order(run: Run, store: Store) -> None:
    notes = 'for doc in docs:\n    note(id=doc["id"], pk=doc["pk"])'
    with run(feed_app(notes, options="max_items_per_invocation=7"), environ=store.settings) as hosted:
        assert hosted.url
        for number in range(120):
            store.write(f"{number:03}", pk=f"k{number % 11}")
        until(lambda: len(hosted.notes()) >= 120 or None, what="120 notes")
        delivered = hosted.notes()

    assert len(delivered) == 120
    for key in {note["pk"] for note in delivered}:
        ids = [note["id"] for note in delivered if note["pk"] == key]
        assert ids == sorted(ids)


def test_a_batch_is_no_larger_than_asked_for(run: Run, store: Store) -> None:
    store.write(*(f"{number:02}" for number in range(10)))

    with run(feed_app("note(size=len(docs))", options="max_items_per_invocation=4"), environ=store.settings) as hosted:
        until(lambda: sum(note["size"] for note in hosted.notes()) >= 10 or None, what="10 documents")
        assert [note["size"] for note in hosted.notes()] == [4, 4, 2]


def test_a_throwing_handler_without_a_policy_loses_its_batch_as_in_production(run: Run, store: Store) -> None:
    with run(feed_app(THROW_ON_BAD), environ=store.settings) as hosted:
        assert hosted.url
        store.write("bad")
        hosted.noted(id="bad")
        store.write("good")
        hosted.noted(id="good")
        said = hosted.program.said

        assert [note["id"] for note in hosted.notes()] == ["bad", "good"]
        assert "encountered an unhandled user exception during processing" in said
        assert hosted.notes()[0] == {"id": "bad", "retry": 0, "limit": 0}


def test_an_endless_policy_repeats_the_batch_until_it_succeeds(run: Run, store: Store) -> None:
    body = """
    retry = context.retry_context
    note(retry=retry.retry_count, limit=retry.max_retry_count, because=retry.rpc_exception.message)
    if retry.retry_count < 3:
        raise ValueError("not yet")
    note(done=[doc["id"] for doc in docs])
    """
    with run(feed_app(body, above=ENDLESS), environ=store.settings) as hosted:
        assert hosted.url
        store.write("one")
        hosted.noted(done=["one"])
        store.write("two")
        hosted.noted(done=["two"])
        first = hosted.notes()[:5]

    because = "ValueError: not yet"
    assert first == [
        {"retry": 0, "limit": -1, "because": ""},
        *({"retry": number, "limit": -1, "because": because} for number in (1, 2, 3)),
        {"done": ["one"]},
    ]


def test_a_spent_policy_loses_its_batch(run: Run, store: Store) -> None:
    with run(feed_app(THROW_ON_BAD, above=TWICE), environ=store.settings) as hosted:
        assert hosted.url
        store.write("bad")
        hosted.noted(id="bad", retry=2)
        store.write("good")
        hosted.noted(id="good")

        assert [(note["id"], note["retry"]) for note in hosted.notes()] == [
            ("bad", 0),
            ("bad", 1),
            ("bad", 2),
            ("good", 0),
        ]


def test_an_attempt_past_the_function_timeout_is_repeated(run: Run, store: Store) -> None:
    body = """
    note(retry=context.retry_context.retry_count, because=context.retry_context.rpc_exception.message)
    if context.retry_context.retry_count == 0:
        await asyncio.sleep(3600)
    """
    with run(
        feed_app(body, above=ENDLESS), environ=store.settings, host_json={"functionTimeout": "00:00:01"}
    ) as hosted:
        assert hosted.url
        store.write("one")

        assert "exceeded by function: feed" in hosted.noted(retry=1)["because"]


@pytest.mark.parametrize(
    ("options", "arrives"), [((), "2026-01-01T00:00:00.12Z"), (("--no-newtonsoft-dates",), "2026-01-01T00:00:00.120Z")]
)
def test_dates_arrive_as_the_net_host_writes_them_unless_that_is_switched_off(
    run: Run, store: Store, options: tuple[str, ...], arrives: str
) -> None:
    with run(feed_app('note(at=docs[0]["at"])'), *options, environ=store.settings) as hosted:
        assert hosted.url
        store.write("one", at="2026-01-01T00:00:00.120Z")

        hosted.noted(at=arrives)


def test_a_disabled_function_takes_no_lease_and_gets_nothing(run: Run, store: Store) -> None:
    store.write("one")
    both = feed_app(NOTE_IDS) + feed_app('note(other=docs[0]["id"])').replace('"feed"', '"other"').replace(
        "feed-", "other-"
    )
    # The second function has the name of the first in Python, which does not matter to the host.
    environ = {**store.settings, "AzureWebJobs_feed_Disabled": "1"}

    with run(both, environ=environ) as hosted:
        hosted.noted(other="one")

        assert hosted.notes() == [{"other": "one"}]
        assert {item["id"].partition("-")[0] for item in store.lease_items()} == {"other"}
        assert "(1 functions)" in hosted.program.said


def test_a_function_run_by_hand_gets_the_documents_of_the_request(run: Run, store: Store) -> None:
    text = json.dumps([{"id": "by hand", "at": "2026-01-01T00:00:00.000Z"}])

    with run(feed_app('note(id=docs[0]["id"], at=docs[0]["at"])'), environ=store.settings) as hosted:
        assert ask("POST", f"{hosted.url}/admin/functions/FEED", {"input": text}) == (202, None)

        hosted.noted(id="by hand", at="2026-01-01T00:00:00Z")


def test_a_trigger_that_asks_seldom_gets_larger_batches_of_what_comes_meanwhile(run: Run, store: Store) -> None:
    options = "feed_poll_delay=60000, max_items_per_invocation=100"
    later = [f"later-{number}" for number in range(20)]

    with run(feed_app("note(ids=[doc['id'] for doc in docs])", options=options), environ=store.settings) as hosted:
        assert hosted.url
        store.write("first", pk="k")
        hosted.noted(ids=["first"])
        for name in later:
            store.write(name, pk="k")

        def batches() -> list[list[str]] | None:
            found = [note["ids"] for note in hosted.notes()][1:]
            return found if [name for ids in found for name in ids] == later else None

        assert len(until(batches, what="all of them")) < len(later) / 2
