"""A Cosmos DB connection: what a trigger's `connection` property names in the app settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never
from urllib.parse import urlsplit

from azure.core.credentials_async import AsyncTokenCredential
from azure.core.pipeline.transport import AioHttpTransport
from azure.cosmos.aio import CosmosClient

from local.host.errors import BadSettings
from local.host.settings import Settings, connection_names


@dataclass(frozen=True, slots=True)
class KeyConnection:
    """An account reached with its key; `verify` is off for an emulator with its own certificate."""

    endpoint: str
    key: str
    verify: bool = True

    def __repr__(self) -> str:
        return f"KeyConnection({self.endpoint})"


@dataclass(frozen=True, slots=True)
class IdentityConnection:
    """An account reached with a token; `credential` is `managedidentity` or empty for the developer's own login."""

    endpoint: str
    credential: str = ""
    client_id: str | None = None


type Connection = KeyConnection | IdentityConnection


def connection(name: str, settings: Settings) -> Connection:
    """The connection called `name`; raises BadSettings that names the setting to add.

    Source: sdk-extensions, DefaultCosmosDBServiceFactory.ResolveConnectionInformation.
    """
    for place in connection_names(name):
        text, section = settings.get(place), settings.section(place)
        if text:
            return _from_string(name, text)
        if section:
            return _from_section(name, section.get("accountendpoint"), section)
    raise BadSettings(
        f"Cosmos DB connection configuration '{name}' does not exist: add the app setting {name} "
        f"(AccountEndpoint=…;AccountKey=…;) or {name}__accountEndpoint"
    )


def _from_string(name: str, text: str) -> KeyConnection:
    pairs = (part.partition("=") for part in text.split(";") if part.strip())
    parts = {key.strip().lower(): value.strip() for key, _, value in pairs}
    endpoint, key = parts.get("accountendpoint"), parts.get("accountkey")
    if not endpoint or not key:
        raise BadSettings(f"the connection string {name} needs AccountEndpoint=…; and AccountKey=…;")
    # Understood by the .NET SDK (CosmosClientOptions), not by the Python one.
    is_trusting = parts.get("disableservercertificatevalidation", "").lower() == "true"
    return KeyConnection(_checked(name, endpoint), key, verify=not is_trusting)


def _from_section(name: str, endpoint: str | None, section: Mapping[str, str]) -> IdentityConnection:
    if not endpoint:
        raise BadSettings(f"the connection {name} needs {name}__accountEndpoint, or a connection string in {name}")
    return IdentityConnection(_checked(name, endpoint), section.get("credential", ""), section.get("clientid"))


def _checked(name: str, endpoint: str) -> str:
    if urlsplit(endpoint).scheme not in {"http", "https"} or not urlsplit(endpoint).hostname:
        raise BadSettings(f"the endpoint of connection {name} is not a URL: {endpoint}")
    return endpoint


def open_client(connection: Connection, *, preferred_locations: tuple[str, ...] = ()) -> CosmosClient:
    """A client of the unpatched SDK; the caller closes it."""
    # A proxy set for the rest of the machine must not stand between us and a server on it.
    transport = AioHttpTransport(use_env_settings=False)
    locations = list(preferred_locations)
    match connection:
        case KeyConnection(endpoint, key, verify):
            return CosmosClient(
                endpoint, key, transport=transport, connection_verify=verify, preferred_locations=locations
            )
        case IdentityConnection(endpoint, credential, client_id):
            token = _credential(credential, client_id)
            return CosmosClient(endpoint, token, transport=transport, preferred_locations=locations)
        case _:
            assert_never(connection)


def _credential(kind: str, client_id: str | None) -> AsyncTokenCredential:
    # A third of a second that a start with keys does not need.
    from azure.identity.aio import DefaultAzureCredential, ManagedIdentityCredential  # noqa: PLC0415 - see above

    if kind.lower() == "managedidentity":
        return ManagedIdentityCredential(client_id=client_id) if client_id else ManagedIdentityCredential()
    return DefaultAzureCredential(managed_identity_client_id=client_id)
