"""What the cases talk through: the SDK in two flavours, and signed requests as bytes."""

import base64
import hmac
import inspect
import json
import subprocess
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from email.utils import formatdate
from http.client import HTTPConnection, HTTPSConnection
from typing import Any, Protocol
from urllib.parse import quote, unquote, urlsplit
from uuid import uuid4

from azure.cosmos import CosmosClient, PartitionKey

# The SDK has a class per flavour, and its answers are plain dictionaries.
type Container = Any
type Client = Any
type Answer = Any
type Item = dict[str, Any]
type Control = Callable[..., Answer]
type Start = Callable[..., AbstractContextManager[tuple[subprocess.Popen[str], str]]]

EMULATOR_KEY = "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=="


class Account(Protocol):
    """What the fixture `cosmos` gives."""

    @property
    def url(self) -> str: ...

    @property
    def key(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Server:
    """A local server started by a case."""

    url: str
    key: str = EMULATOR_KEY


@dataclass(frozen=True, slots=True)
class Sdk:
    """A client of one flavour, and the database of this case."""

    client: Client
    database: Client

    @property
    def everywhere(self) -> dict[str, bool]:
        """The asyncio flavour queries all partitions unless told otherwise; the other one has to be told."""
        return {"enable_cross_partition_query": True} if isinstance(self.client, CosmosClient) else {}

    async def do(self, call: Callable[..., Answer], *arguments: object, **options: object) -> Answer:
        result = call(*arguments, **options)
        return await result if inspect.isawaitable(result) else result

    async def all(self, results: Answer) -> list[Answer]:
        return [one async for one in results] if hasattr(results, "__aiter__") else list(results)

    async def container(self, key: str | list[str] = "/pk", **options: object) -> Container:
        paths = PartitionKey(key, kind="MultiHash") if isinstance(key, list) else PartitionKey(key)
        return await self.do(self.database.create_container, f"c-{uuid4().hex[:8]}", paths, **options)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Answer:
        return json.loads(self.body)

    @property
    def substatus(self) -> int:
        return int(self.headers.get("x-ms-substatus", 0))


@dataclass(frozen=True, slots=True)
class Wire:
    """Signed requests as bytes, for what no SDK would send."""

    account: Account

    def __call__(self, method: str, path: str, body: bytes = b"", /, **headers: str) -> Reply:
        """Header names are given with `_` for `-`."""
        date = formatdate(usegmt=True)
        names = tuple(unquote(part) for part in path.partition("?")[0].split("/") if part)
        token = _token(method, names, date, self.account.key)
        sent = {"x-ms-date": date, "authorization": quote(token, safe=""), "x-ms-version": "2020-07-15"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        host = urlsplit(self.account.url)
        connect = HTTPSConnection if host.scheme == "https" else HTTPConnection
        connection = connect(host.hostname or "", host.port, timeout=30)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()


def _token(method: str, names: tuple[str, ...], date: str, key: str) -> str:
    feed = len(names) % 2 == 1
    kind = names[-1 if feed else -2] if names else ""
    link = "/".join(names[:-1] if feed else names)
    text = f"{method.lower()}\n{kind}\n{link}\n{date.lower()}\n\n".encode()
    signature = base64.b64encode(hmac.digest(base64.b64decode(key), text, "sha256")).decode()
    return f"type=master&ver=1.0&sig={signature}"
