"""Which sagas are in trouble, by the store and by hand."""

from shared.cosmos import Account, CosmosRows, CosmosSagaCounts
from shared.cosmos.provision import provision
from shared.kernel import Key
from shared.settings import CosmosConnection, Settings
from tests.conftest import Endpoint
from tests.fakes import FakeRows, FakeTroubled

SAGAS = "sagas"
OPEN = {"name": "a", "attempts": 9, "dueAt": "2026-01-09"}
ITEMS: dict[str, dict[str, object]] = {
    "overdue": {"dueAt": "2026-01-01", "asked": []},
    "late": {"dueAt": "2026-01-09", "deadline": "2026-01-01", "asked": []},
    "unanswered": {"dueAt": "2026-01-09", "deadline": "2026-01-09", "asked": [OPEN]},
    "answered": {"dueAt": "2026-01-09", "asked": [{"name": "a", "attempts": 9}]},
    "well": {"dueAt": "2026-01-09", "deadline": "2026-01-09", "asked": [OPEN | {"attempts": 1}]},
    "ended": {"deadline": "2026-01-01", "asked": [{"name": "a", "attempts": 9}]},
}


async def test_the_store_finds_those_in_trouble_as_one_does_by_hand(cosmos: Endpoint, database: str) -> None:
    connection, fakes = CosmosConnection(cosmos.url, cosmos.key), FakeRows()
    await provision(Settings(connection, database, database))
    async with Account(connection) as account:
        for name, item in ITEMS.items():
            for rows in (CosmosRows(account, database), fakes):
                await rows.create(SAGAS, Key(name, "fulfilment"), {"id": "fulfilment", "orderId": name, **item})
        counts = CosmosSagaCounts(account, database)

        found = await counts.troubled(SAGAS, moment="2026-01-02", attempts=8, limit=10)
        some = await counts.troubled(SAGAS, moment="2026-01-02", attempts=8, limit=2)

    expected = await FakeTroubled(fakes).troubled(SAGAS, moment="2026-01-02", attempts=8, limit=10)
    assert {item["orderId"] for item in found} == {item["orderId"] for item in expected}
    assert {item["orderId"] for item in found} == {"overdue", "late", "unanswered"}
    assert len(some) == 2
