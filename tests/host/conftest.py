"""Small apps in folders of their own, run by the host as a person would run them."""

import json
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from azure.cosmos import ContainerProxy, CosmosClient, PartitionKey

from tests.conftest import Endpoint
from tests.programs import Program, started, until

_BEGINNING = """
import asyncio, json, logging, os, time
import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)

def note(**what):
    with open(os.environ["NOTES"], "a") as notes:
        notes.write(json.dumps(what) + "\\n")

def seen():
    with open(os.environ["NOTES"]) as notes:
        return [json.loads(line) for line in notes]
"""
# Short enough for a test to see a lease expire, long enough for a busy machine to renew it.
_TRIGGER = """
@app.cosmos_db_trigger(arg_name="docs", connection="COSMOS", database_name="%DB%", container_name="items",
    lease_container_name="leases", lease_container_prefix="feed-", start_from_beginning=True,
    lease_acquire_interval=300, lease_renew_interval=500, lease_expiration_interval=2000, {options})
"""


def feed_app(body: str, *, options: str = "feed_poll_delay=250", above: str = "") -> str:
    """An app with one Cosmos function `feed(docs, context)`; `above` are decorators such as a retry policy."""
    function = "async def feed(docs: func.DocumentList, context: func.Context) -> None:\n"
    handler = function + textwrap.indent(textwrap.dedent(body), "    ")
    return f'@app.function_name("feed")\n{above}{_TRIGGER.format(options=options)}{handler}\n'


@dataclass(frozen=True, slots=True)
class Hosted:
    """A running host and what its app has noted."""

    program: Program
    notes_file: Path

    @property
    def url(self) -> str:
        return self.program.url("host: running on ")

    def notes(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.notes_file.read_text().splitlines()]

    def noted(self, **what: object) -> dict[str, Any]:
        """The first note that says all of this, as soon as there is one."""

        def look() -> dict[str, Any] | None:
            return next((note for note in self.notes() if what.items() <= note.items()), None)

        return until(look, what=f"the note {what} from\n{self.program.said}")


def write(folder: Path, source: str, *, host_json: Mapping[str, object] | None = None) -> Path:
    """A new app below `folder`."""
    app = folder / f"app-{uuid4().hex[:6]}"
    app.mkdir()
    (app / "function_app.py").write_text(_BEGINNING + textwrap.dedent(source))
    prefix = {"extensions": {"http": {"routePrefix": ""}}}
    (app / "host.json").write_text(json.dumps({"version": "2.0"} | prefix | dict(host_json or {})))
    return app


@contextmanager
def hosted(
    folder: Path,
    source: str,
    *options: str,
    environ: Mapping[str, str] | None = None,
    host_json: Mapping[str, object] | None = None,
) -> Iterator[Hosted]:
    """A host that runs an app of this source; all hosts of one folder note into one file."""
    notes = folder / "notes"
    notes.touch()
    app = write(folder, source, host_json=host_json)
    settings = {"NOTES": str(notes)} | dict(environ or {})
    arguments = ("local.host", "--app", str(app), "--port", "0", *options)
    with started(*arguments, output=app / "host.log", environ=settings) as program:
        yield Hosted(program, notes)


def ask(method: str, url: str, body: Mapping[str, object] | None = None) -> tuple[int, Any]:
    """Status and JSON of the answer; None for an empty one."""
    where = urlsplit(url)
    with closing(HTTPConnection(where.netloc, timeout=30)) as connection:
        sent = None if body is None else json.dumps(body)
        connection.request(method, where.path, sent, {"content-type": "application/json"})
        response = connection.getresponse()
        text = response.read()
        return response.status, json.loads(text) if text else None


type Run = Callable[..., AbstractContextManager[Hosted]]
type Write = Callable[..., Path]


@pytest.fixture
def write_app(tmp_path: Path) -> Write:
    return partial(write, tmp_path)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return partial(hosted, tmp_path)


@dataclass(frozen=True, slots=True)
class Store:
    """A monitored container and its leases, beside the host."""

    items: ContainerProxy
    leases: ContainerProxy
    link: str
    settings: Mapping[str, str]

    def write(self, *ids: str, pk: str = "one", **fields: object) -> None:
        for identity in ids:
            self.items.upsert_item({"id": identity, "pk": pk, **fields})

    def lease_items(self) -> list[dict[str, Any]]:
        """The lease documents, without those of the set-up."""
        return [item for item in self.leases.read_all_items() if ".." in item["id"]]

    def owners(self) -> list[str | None]:
        return [item["Owner"] for item in self.lease_items()]


@pytest.fixture
def store(cosmos: Endpoint, database: str) -> Iterator[Store]:
    with CosmosClient(cosmos.url, cosmos.key) as client:
        opened = client.get_database_client(database)
        yield Store(
            opened.create_container("items", PartitionKey("/pk")),
            opened.create_container("leases", PartitionKey("/id"), default_ttl=-1),
            f"dbs/{database}/colls/items",
            {"COSMOS": f"AccountEndpoint={cosmos.url}/;AccountKey={cosmos.key};", "DB": database},
        )
