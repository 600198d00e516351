"""What each answer of the store means for us: one row of the table each, over real HTTP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from time import monotonic
from typing import Any

import aiohttp
import pytest

from shared.cosmos import Account, CosmosEventStore, CosmosRows
from shared.cosmos.provision import provision
from shared.kernel import Conflict, Failure, Key, Misconfigured, Poison, Throttled, Transient, Unknown
from shared.pipeline import Patience, PatientRows
from shared.settings import CosmosConnection, Settings
from tests.conftest import Endpoint

VIEW = "customer-orders"
KEY = Key("c1", "o1")
ITEM: dict[str, object] = {"id": "o1", "customerId": "c1", "mark": 1}

type Trouble = Callable[..., Awaitable[None]]


@pytest.fixture
async def account(cosmos: Endpoint, database: str) -> AsyncIterator[Account]:
    connection = CosmosConnection(cosmos.url, cosmos.key)
    await provision(Settings(connection, database, database))
    async with Account(connection) as opened:
        yield opened


@pytest.fixture
async def rows(account: Account, database: str) -> CosmosRows:
    on_cosmos = CosmosRows(account, database)
    await on_cosmos.read(VIEW, KEY)
    return on_cosmos


@pytest.fixture
def events(account: Account, database: str) -> CosmosEventStore:
    return CosmosEventStore(account.container(database, "orders"))


@pytest.fixture
async def trouble(request: pytest.FixtureRequest, cosmos: Endpoint) -> AsyncIterator[Trouble]:
    """Orders trouble for this test's own containers; it ends with the test."""
    if request.config.getoption("--cosmos-endpoint"):
        pytest.skip("trouble can only be ordered from the local server")
    async with aiohttp.ClientSession(cosmos.url) as session:

        async def order(**fault: Any) -> None:  # noqa: ANN401 - the fields of a fault
            fault.setdefault("container", VIEW)
            async with session.post("/_local/faults", json=fault) as answer:
                assert answer.status == 200, await answer.text()

        yield order
        async with session.delete("/_local/faults"):
            pass


WRITES: list[tuple[int, int, type[Failure]]] = [
    (400, 0, Poison),
    (401, 0, Misconfigured),
    (403, 0, Misconfigured),
    (403, 1014, Poison),
    (404, 0, Misconfigured),
    (404, 1002, Transient),
    (408, 0, Unknown),
    (409, 0, Conflict),
    (410, 0, Transient),
    (412, 0, Conflict),
    (413, 0, Poison),
    (424, 0, Transient),
    (429, 3200, Throttled),
    (449, 0, Transient),
    (500, 0, Unknown),
    (503, 0, Unknown),
]


@pytest.mark.parametrize(("status", "substatus", "meaning"), WRITES)
async def test_what_an_answer_to_a_write_means(
    rows: CosmosRows, trouble: Trouble, status: int, substatus: int, meaning: type[Failure]
) -> None:
    await trouble(operation="Create", status=status, substatus=substatus)

    with pytest.raises(Failure) as raised:
        await rows.create(VIEW, KEY, ITEM)

    assert type(raised.value) is meaning


@pytest.mark.parametrize(("status", "substatus"), [(408, 0), (410, 0), (449, 0), (500, 0), (503, 0), (404, 1002)])
async def test_a_read_has_no_effect_so_its_trouble_is_only_transient(
    rows: CosmosRows, trouble: Trouble, status: int, substatus: int
) -> None:
    await trouble(operation="Read", status=status, substatus=substatus)

    with pytest.raises(Failure) as raised:
        await rows.read(VIEW, KEY)

    assert type(raised.value) is Transient


@pytest.mark.parametrize(("reason", "status", "substatus"), [("too_large", 413, 0), ("partition_full", 403, 1014)])
async def test_poison_says_why(rows: CosmosRows, trouble: Trouble, reason: str, status: int, substatus: int) -> None:
    await trouble(operation="Create", status=status, substatus=substatus)

    with pytest.raises(Poison) as raised:
        await rows.create(VIEW, KEY, ITEM)

    assert raised.value.reason == reason


async def test_a_throttled_call_is_not_hidden_and_says_how_long_to_wait(rows: CosmosRows, trouble: Trouble) -> None:
    await trouble(operation="Create", status=429, substatus=3200, retry_after_ms=1500)
    begun = monotonic()

    with pytest.raises(Throttled) as raised:
        await rows.create(VIEW, KEY, ITEM)

    assert raised.value.retry_after == 1.5
    assert monotonic() - begun < 1.5


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_write_whose_connection_broke_is_unknown_or_meets_itself(
    rows: CosmosRows, trouble: Trouble, when: str
) -> None:
    await trouble(operation="Create", drop=True, when=when)

    with pytest.raises((Unknown, Conflict)):
        await rows.create(VIEW, KEY, ITEM)

    assert (await rows.read(VIEW, KEY) is not None) == (when == "after")


async def test_a_write_that_is_never_answered_is_unknown(rows: CosmosRows, trouble: Trouble) -> None:
    await trouble(operation="Create", latency_ms=60_000)
    impatient = PatientRows(rows, Patience(monotonic, call_seconds=0.2))

    with pytest.raises(Unknown):
        await impatient.create(VIEW, KEY, ITEM)


async def test_a_cancelled_call_stays_cancelled(rows: CosmosRows, trouble: Trouble) -> None:
    await trouble(operation="Create", latency_ms=60_000)
    call = asyncio.create_task(rows.create(VIEW, KEY, ITEM))
    await asyncio.sleep(0)

    call.cancel()

    with pytest.raises(asyncio.CancelledError):
        await call


async def test_patience_brings_a_busy_store_through(rows: CosmosRows, trouble: Trouble) -> None:
    await trouble(operation="Create", status=429, substatus=3200, retry_after_ms=10, times=3)
    patient = PatientRows(rows, Patience(monotonic))

    await patient.create(VIEW, KEY, ITEM)

    assert await rows.read(VIEW, KEY) is not None


@pytest.mark.parametrize(("status", "meaning"), [(409, Conflict), (413, Poison), (429, Throttled), (503, Unknown)])
async def test_a_batch_means_what_its_guilty_operation_means(
    events: CosmosEventStore, trouble: Trouble, status: int, meaning: type[Failure]
) -> None:
    await trouble(container="orders", operation="Batch", status=status)

    with pytest.raises(Failure) as raised:
        await events.append("o1", [{"id": "000001", "orderId": "o1"}, {"id": "000002", "orderId": "o1"}])

    assert type(raised.value) is meaning
