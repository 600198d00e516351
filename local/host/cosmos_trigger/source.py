"""A Cosmos trigger with its settings resolved: which containers, over which connections."""

from dataclasses import dataclass
from datetime import UTC, datetime

from local.host.bindings import CosmosTrigger
from local.host.connections import Connection, connection
from local.host.errors import BadSettings
from local.host.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """`starts_at` None means from now on, unless the trigger starts at the beginning."""

    trigger: CosmosTrigger
    connection: Connection
    database: str
    container: str
    lease_connection: Connection
    lease_database: str
    lease_container: str
    lease_prefix: str
    preferred_locations: tuple[str, ...]
    starts_at: datetime | None


def source(trigger: CosmosTrigger, settings: Settings) -> Source:
    """The trigger's places; raises BadSettings that names what is missing.

    `%SETTING%` is resolved in exactly the properties that the extension resolves
    (sdk-extensions, CosmosDBTriggerAttributeBindingProvider).
    """
    locations = settings.expand(trigger.preferred_locations).split(",")
    found = Source(
        trigger=trigger,
        connection=connection(trigger.connection, settings),
        database=settings.expand(trigger.database),
        container=settings.expand(trigger.container),
        lease_connection=connection(trigger.lease_connection, settings),
        lease_database=settings.expand(trigger.lease_database),
        lease_container=settings.expand(trigger.lease_container),
        lease_prefix=settings.expand(trigger.lease_prefix),
        preferred_locations=tuple(name.strip() for name in locations if name.strip()),
        starts_at=_moment(settings.expand(trigger.starts_at)) if trigger.starts_at else None,
    )
    if not all((found.database, found.container, found.lease_database, found.lease_container)):
        raise BadSettings("a Cosmos trigger needs a database, a container, and the same two for its leases")
    if (found.connection, found.database, found.container) == (
        found.lease_connection,
        found.lease_database,
        found.lease_container,
    ):
        raise BadSettings("the monitored container cannot be the container that stores the leases")
    if found.starts_at and trigger.starts_at_beginning:
        raise BadSettings("only one of startFromBeginning and startFromTime can be used")
    return found


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadSettings(f"startFromTime must be like 2021-02-16T14:19:29Z, not '{text}'") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
