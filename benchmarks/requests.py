"""Requests as the SDK sends them: its headers, its signature, its way of writing JSON, documents of about 1 KB."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched
from typing import Any, Final
from urllib.parse import urlsplit

from azure.cosmos import ContainerProxy, CosmosClient, PartitionKey

EMULATOR_KEY: Final = "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=="
DATABASE: Final = "bench"
CONTAINER: Final = "orders"
KEYS: Final = 400
ROWS_A_BATCH: Final = 100

# What the transport adds to the SDK's own headers.
_BY_THE_TRANSPORT: Final = {"Accept-Encoding": "gzip, deflate", "Connection": "keep-alive"}

type Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Template:
    """One recorded request; its signature covers neither key nor body, so both can be exchanged."""

    start: str
    headers: dict[str, str]

    def without(self, *names: str) -> "Template":
        return Template(self.start, {name: value for name, value in self.headers.items() if name not in names})

    def request(self, body: bytes = b"", **changed: str) -> bytes:
        """Names of headers that are exchanged or added have `_` for `-`."""
        named = {name.replace("_", "-"): value for name, value in changed.items()}
        headers = self.headers | named | ({"Content-Length": str(len(body))} if body else {})
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"{self.start} HTTP/1.1\r\n{lines}\r\n".encode() + body


def document(number: int) -> Document:
    """An order with five lines, 1 KB as JSON."""
    lines = [
        {"productId": f"product-{number + line:06d}", "name": "Darjeeling, second flush, 250 g, loose leaf",
         "quantity": line, "unitPrice": {"units": 1250 + line, "currency": "USD"}}
        for line in range(1, 6)
    ]  # fmt: skip
    return {
        "id": f"order-{number:08d}",
        "pk": f"customer-{number % KEYS:04d}",
        "status": "pending",
        "placedAt": "2026-01-31T09:30:00.000000Z",
        "shipTo": {"street": "1 Infinite Corridor", "city": "Cambridge", "postalCode": "02139", "country": "US"},
        "lines": lines,
    }


def text(content: object) -> bytes:
    """As azure-cosmos 4.17.1 writes JSON."""
    return json.dumps(content, separators=(",", ":")).encode()


def created(url: str) -> ContainerProxy:
    client = CosmosClient(url, EMULATOR_KEY)
    return client.create_database(DATABASE).create_container(CONTAINER, PartitionKey("/pk"))


class Recorder:
    """Keeps the headers of the last request it was shown."""

    def __init__(self) -> None:
        self.template = Template("", {})

    def __call__(self, request: Any) -> None:  # noqa: ANN401 - the SDK's hook hands over azure-core's untyped request
        sent = request.http_request
        parts = urlsplit(sent.url)
        start = f"{sent.method} {parts.path}"
        self.template = Template(start, {"Host": parts.netloc, **_BY_THE_TRANSPORT, **sent.headers})


def upserts(container: ContainerProxy, count: int) -> tuple[bytes, ...]:
    recorder = Recorder()
    container.upsert_item(document(0), raw_request_hook=recorder)
    return tuple(_upsert(recorder.template, document(number)) for number in range(count))


def _upsert(template: Template, content: Document) -> bytes:
    return template.request(text(content), x_ms_documentdb_partitionkey=json.dumps([content["pk"]]))


def batches(container: ContainerProxy, count: int) -> Iterator[bytes]:
    """Non-atomic batches of 100 upserts of new documents; the container has to have one range, `0`."""
    recorder = Recorder()
    first = document(0)
    container.execute_item_batch([("upsert", (first,))], first["pk"], raw_request_hook=recorder)
    template = recorder.template.without("x-ms-documentdb-partitionkey")
    for numbers in batched(range(count * ROWS_A_BATCH), ROWS_A_BATCH, strict=True):
        yield template.request(
            text([_row(document(number)) for number in numbers]),
            x_ms_cosmos_batch_atomic="False",
            x_ms_cosmos_batch_continue_on_error="True",
            x_ms_documentdb_partitionkeyrangeid="0",
        )


def _row(content: Document) -> Document:
    """As the SDKs for Java and JavaScript write a bulk operation."""
    return {"operationType": "Upsert", "partitionKey": json.dumps([content["pk"]]), "resourceBody": content}


def pages(container: ContainerProxy, places: range, *, most: int) -> tuple[bytes, ...]:
    """Change feed requests on the range `0`, one for each log sequence number after which a page begins."""
    recorder = Recorder()
    next(container.query_items_change_feed(start_time="Beginning", max_item_count=1, raw_request_hook=recorder))
    return tuple(
        recorder.template.request(
            If_None_Match=f'"{place}"', x_ms_max_item_count=str(most), x_ms_documentdb_partitionkeyrangeid="0"
        )
        for place in places
    )
