"""What many rows at once rely on, for the store on Azure Cosmos DB and for the fake that stands in for it."""

from collections.abc import AsyncIterator

import pytest

from shared.cosmos import Account, CosmosRows
from shared.cosmos.bulk import BulkRows, many_written
from shared.cosmos.bulk_support import Assumed
from shared.cosmos.provision import provision
from shared.kernel import Conflict, Failure, Key
from shared.ports import ManyRows, RowWrite, Stored
from shared.settings import CosmosConnection, Settings
from tests.fakes import FakeMany, FakeRows

VIEW = "customer-orders"
# Enough that some share a range, and some are alone in theirs.
KEYS = [Key(f"c{n}", f"o{n}") for n in range(11)]
FIRST, SECOND, *OTHERS = KEYS


@pytest.fixture(params=["fake", "cosmos"])
async def many(request: pytest.FixtureRequest) -> AsyncIterator[ManyRows]:
    if request.param == "fake":
        yield FakeMany(FakeRows())
        return
    cosmos = request.getfixturevalue("cosmos")
    connection = CosmosConnection(cosmos.url, cosmos.key)
    database = request.getfixturevalue("database")
    await provision(Settings(connection, database, database))
    async with Account(connection) as account:
        rows = many_written(BulkRows(CosmosRows(account, database), Assumed()))
        assert rows
        yield rows


def written(key: Key, value: int, etag: str | None = None) -> RowWrite:
    return RowWrite(key, {"id": key.id, "customerId": key.partition, "value": value}, etag)


def values(found: object) -> object:
    return found.item["value"] if isinstance(found, Stored) else found


async def test_each_answer_is_in_the_place_of_its_question(many: ManyRows) -> None:
    etags = await many.write_all(VIEW, [written(key, n) for n, key in enumerate(KEYS)])
    found = await many.read_all(VIEW, [*reversed(KEYS), Key("c0", "nobody")])

    assert [values(each) for each in found] == [*reversed(range(len(KEYS))), None]
    assert [each.etag for each in found if isinstance(each, Stored)] == [*reversed(etags)]


async def test_what_is_refused_stops_none_of_the_others(many: ManyRows) -> None:
    # given
    first, second = await many.write_all(VIEW, [written(FIRST, 1), written(SECOND, 1)])
    assert isinstance(first, str)
    assert isinstance(second, str)
    await many.write_all(VIEW, [written(SECOND, 2, second)])
    gone = written(OTHERS[0], 3, first)

    # when
    answers = await many.write_all(
        VIEW, [written(FIRST, 3, first), written(FIRST, 4), written(SECOND, 3, second), gone, *map(fresh, OTHERS[1:])]
    )

    # then
    kinds = [type(answer) if isinstance(answer, Failure) else str for answer in answers]
    assert kinds == [str, Conflict, Conflict, Conflict, *[str] * (len(OTHERS) - 1)]
    found = await many.read_all(VIEW, [FIRST, SECOND, OTHERS[0]])
    assert [values(each) for each in found] == [3, 2, None]


def fresh(key: Key) -> RowWrite:
    return written(key, 0)


async def test_nothing_asked_is_nothing_answered(many: ManyRows) -> None:
    assert await many.read_all(VIEW, []) == []
    assert await many.write_all(VIEW, []) == []
