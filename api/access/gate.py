"""Who sends this request: by the platform's word, by a token, or because this is nobody's production."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from time import monotonic, time
from typing import Final

from api.access.allowance import Allowance
from api.access.caller import ANYBODY, Caller, Unauthenticated
from api.access.issuer import published_by
from api.access.keys import CachedKeys
from api.access.principal import HEADER, principal
from api.access.settings import AccessSettings
from api.access.tokens import Tokens

_BEARER: Final = "bearer "


@dataclass(frozen=True, slots=True)
class Gate:
    """One identity for each request: where the platform vouches for one, nothing else is looked at."""

    settings: AccessSettings
    tokens: Tokens | None = None
    allowance: Allowance | None = None

    async def caller(self, headers: Mapping[str, str]) -> Caller:
        """Raises Unauthenticated, KeysAway."""
        told = headers.get(HEADER, "")
        match self.settings.mode:
            case "keys":
                return ANYBODY
            case "local":
                return self._principal(told) if told else ANYBODY
            case "entra" if self.settings.is_behind_easy_auth:
                return self._principal(told)
            case "entra":
                return await self._bearer(headers.get("authorization", ""))

    def account(self, headers: Mapping[str, str]) -> str:
        """Whose allowance somebody without a name uses: his key's, if the platform has checked it, or his address's."""
        key = headers.get("x-functions-key", "")
        is_checked = key and self.settings.mode == "keys"
        return (
            f"key {sha256(key.encode(errors='surrogateescape')).hexdigest()[:16]}" if is_checked else address(headers)
        )

    async def spend(self, who: str, requests: int = 1) -> None:
        """Raises TooManyRequests."""
        if self.allowance:
            await self.allowance.take(who, requests)

    def _principal(self, told: str) -> Caller:
        return principal(told, customer_claim=self.settings.customer_claim)

    async def _bearer(self, header: str) -> Caller:
        if not header.lower().startswith(_BEARER) or self.tokens is None:
            raise Unauthenticated("send Authorization: Bearer with a token of Entra ID")
        return await self.tokens.caller(header[len(_BEARER) :].strip())


def gate(settings: AccessSettings) -> Gate:
    verifies = settings.mode == "entra" and not settings.is_behind_easy_auth
    per_minute = settings.requests_per_minute
    return Gate(
        settings,
        tokens=Tokens(
            CachedKeys(published_by(settings.issuer), monotonic),
            settings.issuer,
            settings.audience,
            settings.customer_claim,
            now=time,
        )
        if verifies
        else None,
        allowance=Allowance(per_minute) if per_minute else None,
    )


def address(headers: Mapping[str, str]) -> str:
    """Where the platform saw the caller come from: the last of `X-Forwarded-For`. Those before are what he says."""
    last = headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    # An address of version 6 has colons of its own; with a port, it stands in brackets before it.
    if last.startswith("["):
        return f"at {last[1:].partition(']')[0]}"
    return f"at {last if last.count(':') > 1 else last.partition(':')[0]}"
