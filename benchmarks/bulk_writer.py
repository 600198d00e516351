"""1,000 documents of 1 KB: many rows written at once, next to what one does without a bulk mode, and next to the least.

Without a bulk mode one upserts 32 at a time with the client as it comes. The least is the same bulk request by hand:
encoded and decoded, sent over a bare socket with nothing of an SDK around it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import cache
from itertools import batched
from pathlib import Path
from typing import Final
from uuid import uuid4

import orjson
from azure.cosmos.aio import ContainerProxy, CosmosClient
from azure.cosmos.exceptions import CosmosBatchOperationError

from benchmarks.claims import Aim, Claim, Ratio, Stretch, median_ratio
from benchmarks.load import Line
from benchmarks.programs import Program, cosmos, listening
from benchmarks.requests import EMULATOR_KEY, ROWS_A_BATCH, Recorder, Template, document
from shared.cosmos import Account, CosmosRows
from shared.cosmos.bulk import BulkRows, many_written
from shared.cosmos.bulk_support import Assumed
from shared.cosmos.provision import provision
from shared.kernel import Key
from shared.ports import ManyRows, RowWrite
from shared.settings import CosmosConnection, Settings

DOCUMENTS: Final = 1000
AT_ONCE: Final = 32
ROUNDS: Final = 9
DATABASE: Final = "bench"
VIEW: Final = "customer-orders"

type Documents = list[dict[str, object]]
type Measured = list[tuple[float, float, float]]


def documents() -> Documents:
    run = uuid4().hex
    return [
        document(number) | {"id": f"{run}-{number}", "customerId": f"customer-{number}"} for number in range(DOCUMENTS)
    ]


async def in_bulk(many: ManyRows, items: Documents) -> None:
    writes = [RowWrite(Key(str(item["customerId"]), str(item["id"])), item, None) for item in items]
    written = await many.write_all(VIEW, writes)
    assert all(isinstance(each, str) for each in written)


async def gathered(container: ContainerProxy, items: Documents) -> None:
    room = asyncio.Semaphore(AT_ONCE)

    async def upsert(item: dict[str, object]) -> None:
        async with room:
            await container.upsert_item(item)

    await asyncio.gather(*map(upsert, items))


def by_hand(line: Line, template: Template, items: Documents) -> None:
    for some in batched(items, ROWS_A_BATCH, strict=False):
        rows = [
            {
                "operationType": "Create",
                "partitionKey": orjson.dumps([item["customerId"]]).decode(),
                "minimalReturnPreference": True,
                "resourceBody": item,
            }
            for item in some
        ]
        line.send(template.request(orjson.dumps(rows)))
        answers = orjson.loads(line.receive().partition(b"\r\n\r\n")[2])
        assert all(answer["statusCode"] < 300 for answer in answers)  # noqa: PLR2004 - HTTP: done


async def recorded(container: ContainerProxy) -> Template:
    """A signed request, to be sent with other bodies: the signature covers none."""
    recorder = Recorder()
    with suppress(CosmosBatchOperationError):
        await container.execute_item_batch([("read", ("-",))], "-", raw_request_hook=recorder)
    template = recorder.template.without("x-ms-documentdb-partitionkey", "Accept-Encoding")
    bulk = {
        "x-ms-documentdb-partitionkeyrangeid": "0",
        "x-ms-cosmos-batch-atomic": "False",
        "x-ms-cosmos-batch-continue-on-error": "True",
    }
    return Template(template.start, template.headers | bulk)


async def spent(work: Callable[[Documents], Awaitable[None]]) -> float:
    """CPU seconds of this process, which has no server in it."""
    items = documents()
    with Stretch() as stretch:
        await work(items)
    return stretch.cpu


async def rounds(server: Program) -> Measured:
    settings = Settings(CosmosConnection(server.url, EMULATOR_KEY), DATABASE, DATABASE)
    await provision(settings, Path("infra/containers.json"))
    line = Line(server.port)
    async with Account(settings.cosmos) as account, CosmosClient(server.url, EMULATOR_KEY) as client:
        many = many_written(BulkRows(CosmosRows(account, DATABASE), Assumed()))
        assert many
        container = client.get_database_client(DATABASE).get_container_client(VIEW)
        template = await recorded(container)

        async def bare(items: Documents) -> None:
            by_hand(line, template, items)

        async def bulk(items: Documents) -> None:
            await in_bulk(many, items)

        async def one_by_one(items: Documents) -> None:
            await gathered(container, items)

        await spent(bulk), await spent(one_by_one), await spent(bare)
        found = [(await spent(bulk), await spent(one_by_one), await spent(bare)) for _ in range(ROUNDS)]
    line.close()
    return found


@cache
def measured() -> Measured:
    with listening(cosmos("--ranges", "1")) as server:
        return asyncio.run(rounds(server))


def _microseconds(place: int) -> float:
    return 1e6 * sum(each[place] for each in measured()) / ROUNDS / DOCUMENTS


def _over_gather() -> Ratio:
    ratio = median_ratio([(bulk, gather) for bulk, gather, _ in measured()])
    detail = f"{1 / ratio:.0f} times less; {_microseconds(0):.0f} us a document, {_microseconds(1):.0f} us one by one"
    return Ratio(ratio, 1 / 33, detail)


def _over_floor() -> Ratio:
    ratio = median_ratio([(bulk, bare) for bulk, _, bare in measured()])
    return Ratio(ratio, 5.5, f"{_microseconds(0):.0f} us a document, {_microseconds(2):.1f} us by hand")


_WHY_GATHER: Final = (
    "`bulk-over-floor` says where a document's CPU goes. The fifth that is too much is what each document has for "
    "itself: its length against the limit, its result with its etag and charge, and its future."
)
_WHY_FLOOR: Final = (
    "Two fifths are the SDK around each request of a hundred documents, its policies, signature and headers, which by "
    "hand are one recorded text; a seventh each the document's text with its length against the limit, its key's hash "
    "and range, and its own result with its etag and charge; the rest is the future that each is awaited by."
)
BULK_WRITER: Final = (
    Claim(
        "bulk-over-gather",
        f"in bulk a document costs 1/33 of the CPU of upserts {AT_ONCE} at a time",
        _over_gather,
        Aim(1 / 45, _WHY_GATHER),
    ),
    Claim(
        "bulk-over-floor",
        "and at most 5.5 times a bulk request put together by hand",
        _over_floor,
        Aim(3.5, _WHY_FLOOR),
    ),
)
