"""A Cosmos trigger from start to stop: its containers are opened, its listener runs, its batches are delivered."""

import asyncio
import logging
import uuid
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

from azure.core.exceptions import AzureError
from azure.cosmos import PartitionKey
from azure.cosmos.aio import ContainerProxy, CosmosClient
from azure.cosmos.exceptions import CosmosHttpResponseError

from local.host.bindings import Function
from local.host.connections import KeyConnection
from local.host.cosmos_trigger.clients import Clients
from local.host.cosmos_trigger.feed import Feed, Gone, Page, Start, Unchanged
from local.host.cosmos_trigger.lease import feed_name
from local.host.cosmos_trigger.leases import Leases
from local.host.cosmos_trigger.listener import Listener
from local.host.cosmos_trigger.partition import Partition
from local.host.cosmos_trigger.shared_pages import SharedPages
from local.host.cosmos_trigger.source import Source
from local.host.delivery import Delivered, deliver, passed
from local.host.invocation import Invoker
from local.host.manual import documents
from local.host.push import Changes, Push

_log = logging.getLogger("host.cosmos")
_AGAIN = timedelta(seconds=2)
# The worker drops a message above 4 MB in silence in production (azure-functions-python-worker#1805).
_LARGE = 3_000_000
# Since 3.59 the .NET SDK starts "now" one second before the start, so that the first change is not missed.
_BEFORE_NOW = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all triggers of a host share."""

    clients: Clients
    push: Push
    invoker: Invoker
    stopping: asyncio.Event
    rewrites_dates: bool
    pages: SharedPages[Hashable, Page | Unchanged | Gone] = field(default_factory=SharedPages)


async def run(function: Function, source: Source, *, around: Surroundings, first_round: asyncio.Event) -> None:
    """Listen until the host stops. A store that is away or incomplete is tried again, with a line that says so."""
    while not around.stopping.is_set():
        try:
            listener = await _listener(function, source, around)
            await listener.start()
        except AzureError as error:
            _log.error("The listener for function '%s' was unable to start: %s", function.name, _why(error, source))
            await passed(around.stopping, within=_AGAIN)
        else:
            await listener.run(first_round)


async def _listener(function: Function, source: Source, around: Surroundings) -> Listener:
    trigger = source.trigger
    client = await around.clients.client(source.connection, preferred_locations=source.preferred_locations)
    container = _container(client, source.database, source.container)
    rid = (await container.read())["_rid"]
    leases = await _leases(source, around, container_rid=rid)
    feed = Feed(container, rid, trigger.mode, _start(source), trigger.max_items, around.pages)
    partition = partial(
        Partition,
        leases=leases,
        feed=feed,
        changes=await _changes(source, around),
        deliver=partial(_deliver, function, around),
        stopping=around.stopping,
        poll_delay=trigger.poll_delay,
        renew_every=trigger.renew_every,
    )
    return Listener(
        leases=leases,
        feed=feed,
        mode=trigger.mode,
        partition=partition,
        stopping=around.stopping,
        acquire_every=trigger.acquire_every,
        expires_after=trigger.expires_after,
    )


async def _leases(source: Source, around: Surroundings, *, container_rid: str) -> Leases:
    client = await around.clients.client(source.lease_connection, preferred_locations=source.preferred_locations)
    if source.trigger.creates_leases:
        await _create_leases(client, source)
    container = _container(client, source.lease_database, source.lease_container)
    # A missing container is told from a missing lease here, where somebody reads the message.
    await container.read()
    feed = feed_name(source.lease_prefix, endpoint=source.connection.endpoint, container_rid=container_rid)
    return Leases(container, feed, str(uuid.uuid4()), partial(datetime.now, UTC))


async def _changes(source: Source, around: Surroundings) -> Changes:
    connection = source.connection
    return await around.push.changes(
        connection.endpoint,
        database=source.database,
        container=source.container,
        verify=connection.verify if isinstance(connection, KeyConnection) else True,
    )


def _container(client: CosmosClient, database: str, container: str) -> ContainerProxy:
    return client.get_database_client(database).get_container_client(container)


def _start(source: Source) -> Start:
    if source.trigger.mode == "AllVersionsAndDeletes":
        return "Now"
    if source.trigger.starts_at_beginning:
        return "Beginning"
    return source.starts_at or datetime.now(UTC) - _BEFORE_NOW


async def _deliver(function: Function, around: Surroundings, batch: tuple[Mapping[str, Any], ...]) -> Delivered:
    payload = documents([dict(item) for item in batch], rewrites_dates=around.rewrites_dates)
    if len(payload.text) > _LARGE:
        _log.warning(
            "%s: a batch of %d documents has %.1f MB; above 4 MB Azure never delivers it: lower maxItemsPerInvocation",
            function.name,
            len(batch),
            len(payload.text) / 1e6,
        )
    return await deliver(function, payload, invoker=around.invoker, stopping=around.stopping)


async def _create_leases(client: CosmosClient, source: Source) -> None:
    database = await client.create_database_if_not_exists(source.lease_database)
    await database.create_container_if_not_exists(
        source.lease_container,
        PartitionKey("/id"),
        default_ttl=-1,
        offer_throughput=source.trigger.leases_throughput,
    )


def _why(error: AzureError, source: Source) -> str:
    if isinstance(error, CosmosHttpResponseError) and error.status_code == HTTPStatus.NOT_FOUND:
        return (
            f"either the source container '{source.container}' (in database '{source.database}') or the lease "
            f"container '{source.lease_container}' (in database '{source.lease_database}') does not exist"
        )
    return str(error).splitlines()[0] if str(error) else type(error).__name__
