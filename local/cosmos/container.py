"""A database and a container as the server holds them: definition, ranges, and what follows from both."""

import asyncio

from local.cosmos import container_shape, key_ranges, rids
from local.cosmos.computed_properties import computed_properties
from local.cosmos.index_terms import leaf_counter, path_checker
from local.cosmos.indexing import composite_orders
from local.cosmos.key_ranges import KeyRange, KeyRanges


class Database:
    """A named group of containers."""

    def __init__(self, number: int, content: dict[str, object]) -> None:
        self.number = number
        self.id = str(content["id"])
        self.rid = rids.encode(rids.database_bytes(number))
        self.self_link = f"dbs/{self.rid}/"
        self.content = content
        self.containers: dict[str, Container] = {}

    def answer(self) -> dict[str, object]:
        links = {"_rid": self.rid, "_self": self.self_link, "_colls": "colls/", "_users": "users/"}
        return {**self.content, **links}


class Container:
    """A container's definition, its ranges, and the count of its transactions."""

    def __init__(self, number: int, database: Database, content: dict[str, object], ranges: KeyRanges) -> None:
        self.number = number
        self.database = database
        self.id = str(content["id"])
        self.raw_rid = rids.container_bytes(database.number, number)
        self.rid = rids.encode(self.raw_rid)
        self.wire_rid = self.rid.encode()
        self.self_link = f"dbs/{database.rid}/colls/{self.rid}/"
        self.docs_link = f"{self.self_link}docs/".encode()
        self.alt_path = f"dbs/{database.id}/colls/{self.id}".encode()
        self.ranges = ranges
        self.version = sum(one.lsn for one in ranges)
        self.waiting: set[asyncio.Event] = set()
        self.reshape(content)

    def reshape(self, content: dict[str, object]) -> None:
        self.content = content
        self.key = container_shape.partition_key(content)
        self.default_ttl = container_shape.default_ttl(content)
        self.computed = computed_properties(content)
        self.unique_keys = container_shape.unique_paths(content)
        policy = content["indexingPolicy"]
        if isinstance(policy, dict):
            self.indexed_values = leaf_counter(policy)
            self.is_indexed = path_checker(policy)
            self.composite_indexes = composite_orders(policy)

    @property
    def ts(self) -> int:
        ts = self.content["_ts"]
        return ts if isinstance(ts, int) else 0

    def answer(self) -> dict[str, object]:
        links = {
            "_rid": self.rid,
            "_self": self.self_link,
            "_docs": "docs/",
            "_sprocs": "sprocs/",
            "_triggers": "triggers/",
            "_udfs": "udfs/",
            "_conflicts": "conflicts/",
        }
        return {**self.content, **links}

    async def change_within(self, seconds: float) -> None:
        """Returns after the next transaction on this container, or when the time is over."""
        waiter = asyncio.Event()
        self.waiting.add(waiter)
        try:
            async with asyncio.timeout(seconds):
                await waiter.wait()
        except TimeoutError:
            return
        finally:
            self.waiting.discard(waiter)

    def changed(self) -> None:
        """Counts one transaction and wakes those who wait for it."""
        self.version += 1
        if self.waiting:
            for waiter in self.waiting:
                waiter.set()
            self.waiting.clear()


def range_wire(container: Container, one: KeyRange) -> dict[str, object]:
    return key_ranges.wire(
        one,
        container_rid=container.self_link,
        range_rid=rids.range_rid(container.raw_rid, one.number),
        share=1 / len(container.ranges),
        ts=container.ts,
    )
