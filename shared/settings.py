"""Settings, read once from the environment and checked before anything runs."""

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from shared.kernel import Misconfigured
from shared.kernel.pace import Pace
from shared.kernel.personal import SECRET
from shared.mail_server import MailServer, notices

CONNECTION: Final = "COSMOS"
HUBS_CONNECTION: Final = "EVENTHUBS"
SHORTEST_KEY: Final = 16

type Writes = Literal["points", "bulk", "auto"]

# Without a policy the host drops a failed batch and moves on.
UNTIL_HANDLED: Final[dict[str, Any]] = {
    "strategy": "exponential_backoff",
    "max_retry_count": "-1",
    "minimum_interval": "00:00:01",
    "maximum_interval": "00:01:00",
}


@dataclass(frozen=True, slots=True)
class CosmosConnection:
    """Where the account is and who we are: a key, or an identity when `key` is empty."""

    endpoint: str
    key: Annotated[str, SECRET] = ""
    client_id: str = ""
    verify_certificate: bool = True

    def __repr__(self) -> str:
        return f"CosmosConnection(endpoint={self.endpoint!r}, {'key' if self.key else 'identity'})"


@dataclass(frozen=True, slots=True)
class EventHubsConnection:
    """Where the namespace is and who we are: a connection string with a key, or an identity when that is empty."""

    namespace: str
    connection_string: str = field(default="", repr=False)
    client_id: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the app reads from outside. Times are in the unit their name says.

    Without `eventhubs` nothing is published or received, without `notices` no customer is told anything: those
    functions are not there at all.
    """

    cosmos: CosmosConnection
    database: str
    lease_database: str
    eventhubs: EventHubsConnection | None = None
    notices: MailServer | Path | None = None
    currency: str = "USD"
    writes: Writes = "auto"
    max_batch_seconds: float = 120.0
    lease_expires_after: timedelta = timedelta(seconds=60)
    saga_step_within: timedelta | None = None
    switched_off: frozenset[str] = frozenset()
    cursor_key: Annotated[str, SECRET] = field(default="", repr=False)

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Settings":
        """Raises Misconfigured, naming the setting and an example value."""
        currency = environ.get("CURRENCY", "USD")
        if not (len(currency) == 3 and currency.isalpha() and currency.isupper()):  # noqa: PLR2004 - ISO 4217
            raise Misconfigured("CURRENCY must be an ISO 4217 code, for example USD")
        return cls(
            cosmos=_cosmos(environ),
            database=_required(environ, "COSMOS_DATABASE", "StoreDatabase"),
            lease_database=_required(environ, "COSMOS_LEASE_DATABASE", "StoreLeases"),
            eventhubs=eventhubs(environ),
            notices=notices(environ),
            currency=currency,
            writes=_writes(environ),
            max_batch_seconds=float(_positive(environ, "MAX_BATCH_SECONDS", 120)),
            lease_expires_after=timedelta(milliseconds=_positive(environ, "LEASE_EXPIRE_MS", 60_000)),
            saga_step_within=_step_within(environ),
            switched_off=frozenset(_switched_off(environ)),
            cursor_key=_secret(environ, "CURSOR_KEY"),
        )


def feed_binding(environ: Mapping[str, str], pace: Pace = "at once") -> dict[str, Any]:
    """What every feed trigger has in common. The lease times are the platform's own defaults unless set."""
    rest = _positive(environ, "FEED_POLL_DELAY_MS", 250)
    return {
        "connection": CONNECTION,
        "database_name": "%COSMOS_DATABASE%",
        "lease_database_name": "%COSMOS_LEASE_DATABASE%",
        "lease_container_name": "leases",
        # A lease without a position would otherwise start at "now" and skip what was written while no host ran.
        "start_from_beginning": True,
        # Pages above 4 MB never reach the worker: 100 events of at most 30 KB stay below.
        "max_items_per_invocation": 100,
        "feed_poll_delay": rest if pace == "at once" else _positive(environ, "FEED_POLL_DELAY_SOON_MS", 1000),
        "lease_acquire_interval": _positive(environ, "LEASE_ACQUIRE_MS", 13_000),
        "lease_renew_interval": _positive(environ, "LEASE_RENEW_MS", 17_000),
        "lease_expiration_interval": _positive(environ, "LEASE_EXPIRE_MS", 60_000),
    }


def hub_binding(consumer: str) -> dict[str, Any]:
    """What every hub trigger has in common; a consumer has a group of its own, and reads from the beginning of it."""
    # Without a type the payload may arrive as JSON that the host has read and written anew.
    return {"connection": HUBS_CONNECTION, "consumer_group": consumer, "cardinality": "many", "data_type": "binary"}


def eventhubs(environ: Mapping[str, str]) -> EventHubsConnection | None:
    """None when neither spelling is set. Raises Misconfigured."""
    if text := environ.get(HUBS_CONNECTION):
        parts = dict(part.split("=", 1) for part in text.split(";") if "=" in part)
        is_whole = all(parts.get(name) for name in ("SharedAccessKeyName", "SharedAccessKey"))
        if not (parts.get("Endpoint", "").startswith("sb://") and is_whole):
            raise Misconfigured(
                f"{HUBS_CONNECTION} must read Endpoint=sb://…/;SharedAccessKeyName=…;SharedAccessKey=…;"
            )
        return EventHubsConnection(parts["Endpoint"].removeprefix("sb://").rstrip("/"), text)
    if namespace := environ.get(f"{HUBS_CONNECTION}__fullyQualifiedNamespace"):
        return EventHubsConnection(namespace, client_id=environ.get(f"{HUBS_CONNECTION}__clientId", ""))
    return None


def _cosmos(environ: Mapping[str, str]) -> CosmosConnection:
    if text := environ.get(CONNECTION):
        parts = dict(part.split("=", 1) for part in text.split(";") if "=" in part)
        if not (parts.get("AccountEndpoint") and _is_base64(parts.get("AccountKey", ""))):
            raise Misconfigured(f"{CONNECTION} must read AccountEndpoint=https://…/;AccountKey=…;")
        return CosmosConnection(
            endpoint=parts["AccountEndpoint"],
            key=parts["AccountKey"],
            verify_certificate=parts.get("DisableServerCertificateValidation", "").lower() != "true",
        )
    if endpoint := environ.get(f"{CONNECTION}__accountEndpoint"):
        return CosmosConnection(endpoint=endpoint, client_id=environ.get(f"{CONNECTION}__clientId", ""))
    raise Misconfigured(
        f"set {CONNECTION} to a connection string, or {CONNECTION}__accountEndpoint to https://NAME.documents.azure.com/"
    )


def _writes(environ: Mapping[str, str]) -> Writes:
    match environ.get("COSMOS_WRITES", "auto"):
        case "points" | "bulk" | "auto" as way:
            return way
        case _:
            raise Misconfigured("COSMOS_WRITES must be points, bulk or auto")


def _step_within(environ: Mapping[str, str]) -> timedelta | None:
    """None leaves every saga its own deadlines."""
    if not environ.get("SAGA_STEP_SECONDS"):
        return None
    return timedelta(seconds=_positive(environ, "SAGA_STEP_SECONDS", 900))


def _switched_off(environ: Mapping[str, str]) -> Iterator[str]:
    """Functions that the Azure way of a setting has disabled, in its two spellings."""
    for name, value in environ.items():
        spelt = re.fullmatch(r"AzureWebJobs[._](\w+)[._]Disabled", name)
        if spelt and value.lower() in {"true", "1"}:
            yield spelt[1]


def _is_base64(text: str) -> bool:
    try:
        return bool(b64decode(text, validate=True))
    except ValueError:
        return False


def _required(environ: Mapping[str, str], name: str, example: str) -> str:
    if not environ.get(name):
        raise Misconfigured(f"set {name}, for example to {example}")
    return environ[name]


def _secret(environ: Mapping[str, str], name: str) -> str:
    text = environ.get(name, "")
    if len(text) < SHORTEST_KEY:
        raise Misconfigured(f"{name} must have at least {SHORTEST_KEY} characters, for example those of a new UUID")
    return text


def _positive(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, str(default))
    if not re.fullmatch("[0-9]{1,8}", text) or int(text) < 1:
        raise Misconfigured(f"{name} must be a whole number from 1 to 99999999, for example {default}")
    return int(text)
