"""The issuer's public keys: fetched when one is needed, kept while the issuer is away.

Source: "OpenID Connect on the Microsoft identity platform" and "Signing key rollover": keys may change at any time,
so an unknown key is a reason to ask, but not for everybody who names one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import jwt

from shared.kernel import Transient

ALGORITHM: Final = "RS256"
FRESH_SECONDS: Final = 3600.0
ASK_AGAIN_SECONDS: Final = 10.0
# Longer than any outage of an issuer that one would like to sit out, shorter than a stolen key's use.
KEPT_SECONDS: Final = 24 * 3600.0

type Fetch = Callable[[], Awaitable[Mapping[str, Any]]]


class KeysAway(Transient):
    """The issuer did not give its keys: nobody can say whether a token is good."""


class Keys(Protocol):
    async def key(self, kid: str) -> jwt.PyJWK | None:
        """None when the issuer has no such key. Raises KeysAway when that cannot be known."""
        ...


@dataclass(slots=True)
class CachedKeys:
    """One fetch under way at most, and at most one in ten seconds, whatever callers send; `seconds` is the clock."""

    fetch: Fetch
    seconds: Callable[[], float]
    _keys: dict[str, jwt.PyJWK] = field(default_factory=dict)
    _fetched: float | None = None
    _asked: float | None = None
    _trouble: str = ""
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def key(self, kid: str) -> jwt.PyJWK | None:
        known = self._keys.get(kid)
        # Whose key is known does not wait for one that is not.
        if known and self._age() < (KEPT_SECONDS if self._lock.locked() else FRESH_SECONDS):
            return known
        async with self._lock:
            if (kid not in self._keys or self._age() >= FRESH_SECONDS) and self._may_ask():
                await self._ask()
        if kid in self._keys and self._age() < KEPT_SECONDS:
            return self._keys[kid]
        if self._trouble:
            raise KeysAway(self._trouble)
        return None

    def _age(self) -> float:
        return KEPT_SECONDS if self._fetched is None else self.seconds() - self._fetched

    def _may_ask(self) -> bool:
        return self._asked is None or self.seconds() - self._asked >= ASK_AGAIN_SECONDS

    async def _ask(self) -> None:
        self._asked = self.seconds()
        try:
            self._keys = usable(await self.fetch())
        except KeysAway as trouble:
            self._trouble = str(trouble)
        else:
            self._fetched, self._trouble = self.seconds(), ""


def usable(published: Mapping[str, Any]) -> dict[str, jwt.PyJWK]:
    """By their ids, those that sign with RSA. Raises KeysAway when there is none: no issuer means that."""
    found: dict[str, jwt.PyJWK] = {}
    keys = published.get("keys")
    for each in keys if isinstance(keys, list) else ():
        if isinstance(each, dict) and each.get("kty") == "RSA" and each.get("use", "sig") == "sig" and each.get("kid"):
            try:
                found[str(each["kid"])] = jwt.PyJWK(each, algorithm=ALGORITHM)
            except jwt.PyJWTError:
                continue
    if not found:
        raise KeysAway("the issuer has published no key that signs")
    return found
