"""How callers are known, read once from the environment and checked before anything runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from shared.kernel import Misconfigured

type Mode = Literal["entra", "keys", "local"]

# Whoever finds one of these is not on somebody's own machine.
OF_PRODUCTION: Final = (
    "WEBSITE_SITE_NAME",
    "WEBSITE_INSTANCE_ID",
    "CONTAINER_APP_NAME",
    "IDENTITY_ENDPOINT",
    "APPLICATIONINSIGHTS_CONNECTION_STRING",
)
_LOOPBACK: Final = {"127.0.0.1", "localhost", "::1"}
_MOST_REQUESTS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """`keys` leaves the asking to the platform's function keys, `entra` asks itself, `local` believes whoever comes.

    Without `requests_per_minute` nobody is slowed down.
    """

    mode: Mode = "keys"
    issuer: str = ""
    audience: str = ""
    customer_claim: str = "oid"
    is_behind_easy_auth: bool = False
    requests_per_minute: int | None = None

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "AccessSettings":
        """Raises Misconfigured, naming the setting and an example value."""
        read = cls(
            mode=_mode(environ),
            issuer=_issuer(environ),
            audience=environ.get("AUTH_AUDIENCE", ""),
            customer_claim=environ.get("AUTH_CUSTOMER_CLAIM", "") or "oid",
            # The platform's own word, which no request can forge: with it on, it strips the header from what comes in.
            is_behind_easy_auth=environ.get("WEBSITE_AUTH_ENABLED", "").lower() == "true",
            requests_per_minute=_requests(environ),
        )
        if read.mode == "entra" and not read.is_behind_easy_auth and not (read.issuer and read.audience):
            raise Misconfigured(
                "AUTH=entra needs AUTH_ISSUER, for example https://login.microsoftonline.com/TENANT/v2.0, "
                "and AUTH_AUDIENCE, for example api://orderflow"
            )
        return read

    @property
    def asks_the_platform_for(self) -> Literal["FUNCTION", "ANONYMOUS"]:
        """A key for each function, unless we ask ourselves: the platform cannot take either."""
        return "ANONYMOUS" if self.mode == "entra" else "FUNCTION"


def _mode(environ: Mapping[str, str]) -> Mode:
    match environ.get("AUTH", "") or "keys":
        case "local":
            if found := [name for name in OF_PRODUCTION if environ.get(name)]:
                raise Misconfigured(f"AUTH=local lets everybody in, and {found[0]} says that this is production")
            return "local"
        case "entra" | "keys" as mode:
            return mode
        case _:
            raise Misconfigured("AUTH must be entra, keys or local")


def _issuer(environ: Mapping[str, str]) -> str:
    """Keys that came over plain http could be anybody's."""
    issuer = environ.get("AUTH_ISSUER", "")
    parts = urlsplit(issuer)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if issuer and not (is_safe and parts.hostname):
        raise Misconfigured("AUTH_ISSUER must be like https://login.microsoftonline.com/TENANT/v2.0")
    return issuer


def _requests(environ: Mapping[str, str]) -> int | None:
    text = environ.get("REQUESTS_PER_MINUTE", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _MOST_REQUESTS):
        raise Misconfigured(f"REQUESTS_PER_MINUTE must be a whole number from 1 to {_MOST_REQUESTS}, or empty")
    return int(text)
