"""A container beside a model of it: whatever is done to both, every answer and the whole feed agree."""

import asyncio
import itertools
from typing import Any

import pytest
from azure.core import MatchConditions
from azure.cosmos import PartitionKey, exceptions
from azure.cosmos.aio import CosmosClient
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from local.cosmos.account import EMULATOR_KEY
from local.cosmos.server import CosmosServer
from local.cosmos.transport import InProcessTransport
from tests.contracts.cosmos.clients import Answer, Item

KEYS = st.sampled_from(["a", "b", 1, 1.5, True, None])
NAMES = st.sampled_from(["x", "y", "z"])
VALUES = st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.text(max_size=5))
LINK = "dbs/d/colls/c"

PORTS = itertools.count(1)

type Key = tuple[str, str]


class ContainerMachine(RuleBasedStateMachine):
    """The real SDK in process; the model is a dictionary and the order of its last changes."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.server = CosmosServer()
        # The SDK shares its routing maps between all clients of one endpoint, so each run has an endpoint of its own.
        endpoint = f"http://localhost:{next(PORTS)}/"
        self.client = CosmosClient(endpoint, EMULATOR_KEY, transport=InProcessTransport(self.server))
        self.container = self.run(self.start())
        self.model: dict[Key, Item] = {}
        self.etags: dict[Key, str] = {}

    def run(self, call: Any) -> Answer:  # noqa: ANN401 - a coroutine of whatever the SDK answers
        return self.runner.run(call)

    async def start(self) -> Answer:
        database = await self.client.create_database("d")
        return await database.create_container("c", PartitionKey("/pk"))

    def teardown(self) -> None:
        self.run(self.client.close())
        self.runner.close()
        self.server.close()

    def attempt(self, call: Any) -> int:  # noqa: ANN401 - as above
        """The status of a write, and its etag in `self.answer`."""
        try:
            self.answer = self.run(call)
        except exceptions.CosmosHttpResponseError as refused:
            return int(refused.status_code or 0)
        return 200

    def learn(self, key: Key, item: Item) -> None:
        """The newest change is the last of the dictionary."""
        self.model.pop(key, None)
        self.model[key] = item
        self.etags[key] = self.answer["_etag"]

    @rule(name=NAMES, key=KEYS, value=VALUES)
    def create(self, name: str, key: object, value: object) -> None:
        item = {"id": name, "pk": key, "value": value}
        status = self.attempt(self.container.create_item(item))
        assert status == (409 if (name, repr(key)) in self.model else 200)
        if status == 200:
            self.learn((name, repr(key)), item)

    @rule(name=NAMES, key=KEYS, value=VALUES)
    def upsert(self, name: str, key: object, value: object) -> None:
        item = {"id": name, "pk": key, "value": value}
        assert self.attempt(self.container.upsert_item(item)) == 200
        self.learn((name, repr(key)), item)

    @rule(name=NAMES, key=KEYS, value=VALUES, fresh=st.booleans())
    def replace_if_unchanged(self, name: str, key: object, value: object, *, fresh: bool) -> None:
        item = {"id": name, "pk": key, "value": value}
        etag = self.etags.get((name, repr(key)), '"none"') if fresh else '"stale"'
        status = self.attempt(
            self.container.replace_item(name, item, etag=etag, match_condition=MatchConditions.IfNotModified)
        )
        known = (name, repr(key)) in self.model
        assert status == (404 if not known else 200 if fresh else 412)
        if status == 200:
            self.learn((name, repr(key)), item)

    @rule(name=NAMES, key=KEYS)
    def delete(self, name: str, key: object) -> None:
        status = self.attempt(self.container.delete_item(name, key))
        assert status == (200 if self.model.pop((name, repr(key)), None) else 404)

    @rule(key=KEYS, value=VALUES, good=st.booleans())
    def batch(self, key: object, value: object, *, good: bool) -> None:
        """Two upserts; a third operation lets all of it fail."""
        items = [{"id": name, "pk": key, "value": value} for name in ("x", "y")]
        operations: list[Any] = [("upsert", (item,)) for item in items]
        if not good:
            operations.append(("delete", ("nobody",)))
        call = self.container.execute_item_batch(operations, partition_key=key)
        if not good:
            with pytest.raises(exceptions.CosmosBatchOperationError) as failed:
                self.run(call)
            assert [row["statusCode"] for row in failed.value.operation_responses] == [424, 424, 404]
            return
        rows = self.run(call)
        for item, row in zip(items, rows, strict=True):
            self.answer = row["resourceBody"]
            self.learn((str(item["id"]), repr(key)), item)

    @rule(low=st.integers(0, 9))
    def split(self, low: int) -> None:
        ranges = self.server.controls.ranges(LINK)
        if len(ranges) < 8:
            self.server.controls.split(LINK, ranges[low % len(ranges)].name)
            self.refresh()

    @rule(low=st.integers(0, 9))
    def merge(self, low: int) -> None:
        ranges = self.server.controls.ranges(LINK)
        if len(ranges) > 1:
            self.server.controls.merge(LINK, ranges[low % (len(ranges) - 1)].name)
            self.refresh()

    def refresh(self) -> None:
        """A round of the SDK's feed iterator (4.17.1) ends early when it meets a new split; the next one goes on."""
        self.run(self.all(self.container.read_feed_ranges(force_refresh=True)))

    @invariant()
    def every_reader_agrees_with_the_model(self) -> None:
        expected = sorted((name, key, repr(item["value"])) for (name, key), item in self.model.items())
        assert self.seen(self.container.read_all_items()) == expected
        assert self.seen(self.container.query_items("SELECT * FROM c")) == expected
        assert self.seen(self.container.query_items_change_feed(start_time="Beginning", max_item_count=2)) == expected

    @invariant()
    def a_partition_is_fed_in_the_order_of_its_changes(self) -> None:
        feed = self.run(self.all(self.container.query_items_change_feed(partition_key="a", start_time="Beginning")))
        assert [item["id"] for item in feed] == [name for name, key in self.model if key == repr("a")]

    def seen(self, results: Answer) -> list[tuple[str, str, str]]:
        return sorted((one["id"], repr(one["pk"]), repr(one["value"])) for one in self.run(self.all(results)))

    async def all(self, results: Answer) -> list[Item]:
        return [one async for one in results]


ContainerMachine.TestCase.settings = settings(max_examples=8, stateful_step_count=15, deadline=None)
test_a_container_and_its_model_agree = ContainerMachine.TestCase


class LongContainerMachine(ContainerMachine):
    """The same for minutes."""


LongContainerMachine.TestCase.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)
test_a_container_and_its_model_agree_for_long = pytest.mark.long(LongContainerMachine.TestCase)
