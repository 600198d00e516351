"""Databases and containers: the ones there are, found by name or rid, and kept across restarts."""

from collections.abc import Iterator
from typing import Final

import orjson

from local.cosmos import container_shape, key_ranges
from local.cosmos.clock import Clock
from local.cosmos.container import Container, Database
from local.cosmos.errors import OWNER_NOT_FOUND, conflict, not_found
from local.cosmos.store import Store

_RID_LENGTHS: Final = {"dbs": 8, "colls": 12}


class Catalogue:
    """The only writer of databases and containers."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self.databases: dict[str, Database] = {}
        self._stamps = 0
        self.load()

    def load(self) -> None:
        """Reads everything anew from the store."""
        self.databases.clear()
        by_number: dict[int, Database] = {}
        for number, _, content in self._store.resources("database"):
            by_number[number] = database = Database(number, orjson.loads(content))
            self.databases[database.id] = database
        for number, owner, content in self._store.resources("container"):
            kept = orjson.loads(content)
            ranges = key_ranges.restored(kept.pop("ranges"), self._store.lsns(number))
            container = Container(number, by_number[owner], kept, ranges)
            by_number[owner].containers[container.id] = container

    def stamp(self) -> dict[str, object]:
        """A new etag and the time."""
        self._stamps += 1
        now = self._clock.seconds()
        return {"_etag": f'"{int(now * 1000):016x}-{self._stamps:08x}"', "_ts": int(now)}

    def database(self, name: str) -> Database:
        found = self.databases.get(name)
        if found is None and len(name) == _RID_LENGTHS["dbs"]:
            found = next((one for one in self.databases.values() if one.rid == name), None)
        if found is None:
            raise not_found("Owner resource does not exist.", substatus=OWNER_NOT_FOUND)
        return found

    def container(self, database: str, name: str) -> Container:
        containers = self.database(database).containers
        found = containers.get(name)
        if found is None and len(name) == _RID_LENGTHS["colls"]:
            found = next((one for one in containers.values() if one.rid == name), None)
        if found is None:
            raise not_found("Owner resource does not exist.", substatus=OWNER_NOT_FOUND)
        return found

    def containers(self) -> Iterator[Container]:
        for database in self.databases.values():
            yield from database.containers.values()

    def create_database(self, given: dict[str, object]) -> Database:
        name = container_shape.checked_id(given)
        if name in self.databases:
            raise conflict()
        content = {key: value for key, value in given.items() if not key.startswith("_")} | self.stamp()
        database = Database(self._store.next_number("database"), content)
        self._store.keep("database", database.number, 0, orjson.dumps(content).decode())
        self.databases[name] = database
        return database

    def drop_database(self, database: Database) -> None:
        for container in list(database.containers.values()):
            self.drop_container(container)
        self._store.forget("database", database.number)
        del self.databases[database.id]

    def create_container(self, database: Database, given: dict[str, object], *, ranges: int) -> Container:
        shape = container_shape.normal_shape(given)
        if shape["id"] in database.containers:
            raise conflict()
        key = container_shape.partition_key(shape)
        number = self._store.next_number("container")
        container = Container(number, database, shape | self.stamp(), key_ranges.fresh(ranges, version=key.version))
        self.keep(container)
        database.containers[container.id] = container
        return container

    def reshape_container(self, container: Container, given: dict[str, object]) -> None:
        before = container.default_ttl
        container.reshape(container_shape.changed_shape(container.content, given) | self.stamp())
        if container.default_ttl != before:
            self._store.records.set_expiry(container.number, container.default_ttl)
        self.keep(container)

    def drop_container(self, container: Container) -> None:
        self._store.drop_container(container.number)
        del container.database.containers[container.id]
        container.changed()

    def keep(self, container: Container) -> None:
        described = [one.describe() for one in container.ranges]
        content = orjson.dumps({**container.content, "ranges": described}).decode()
        self._store.keep("container", container.number, container.database.number, content)
        for one in container.ranges:
            self._store.set_lsn(container.number, one.number, one.lsn)
