"""An Event Hubs connection: what a trigger's `connection` property names in the app settings."""

from dataclasses import dataclass

from local.host.errors import BadSettings
from local.host.settings import Settings, connection_names


@dataclass(frozen=True, slots=True)
class StringConnection:
    """A namespace, or the development emulator, reached with a key."""

    text: str

    def __repr__(self) -> str:
        return "StringConnection(…)"


@dataclass(frozen=True, slots=True)
class IdentityConnection:
    """A namespace reached with a token; `credential` is `managedidentity` or empty for the developer's own login."""

    namespace: str
    credential: str = ""
    client_id: str | None = None


type Connection = StringConnection | IdentityConnection


def connection(name: str, settings: Settings) -> Connection:
    """The connection called `name`; raises BadSettings that names the setting to add.

    Source: azure-sdk-for-net, EventHubClientFactory.ResolveConnectionInformation.
    """
    for place in connection_names(name):
        text, section = settings.get(place), settings.section(place)
        if text:
            return _from_string(name, text)
        if namespace := section.get("fullyqualifiednamespace"):
            return IdentityConnection(namespace, section.get("credential", ""), section.get("clientid"))
    raise BadSettings(
        f"Event Hubs connection configuration '{name}' does not exist: add the app setting {name} "
        f"(Endpoint=sb://…;SharedAccessKeyName=…;SharedAccessKey=…) or {name}__fullyQualifiedNamespace"
    )


def _from_string(name: str, text: str) -> StringConnection:
    # A quarter of a second that an app without such triggers does not need.
    from azure.eventhub import parse_connection_string  # noqa: PLC0415 - see above

    try:
        parse_connection_string(text)
    except ValueError as error:
        raise BadSettings(f"the connection string {name} cannot be read: {error}") from error
    return StringConnection(text)
