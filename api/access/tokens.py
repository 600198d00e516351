"""Bearer tokens of the issuer (RFC 6750, RFC 7519): verified once, known until they expire or five minutes are over."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

import jwt

from api.access.caller import Caller, Unauthenticated, caller_of
from api.access.keys import ALGORITHM, Keys

# Clocks differ.
LEEWAY_SECONDS: Final = 30
KNOWN_SECONDS: Final = 300.0
MOST_KNOWN: Final = 4096
_LONGEST: Final = 16 * 1024


@dataclass(slots=True)
class Tokens:
    """Callers by their tokens, of which only a digest is kept. `now` is the clock on the wall, in seconds."""

    keys: Keys
    issuer: str
    audience: str
    customer_claim: str
    now: Callable[[], float]
    _known: OrderedDict[bytes, tuple[float, Caller]] = field(default_factory=OrderedDict)

    async def caller(self, token: str) -> Caller:
        """Raises Unauthenticated, without a word of the token; KeysAway when nobody can tell."""
        if len(token) > _LONGEST:
            raise Unauthenticated("the token is too long")
        if not token.isascii():
            raise Unauthenticated("the token is not good: it cannot be read")
        digest = sha256(token.encode()).digest()
        if (found := self._known.get(digest)) and self.now() < found[0]:
            return found[1]
        until, caller = await self._verified(token)
        self._known[digest] = (until, caller)
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        return caller

    async def _verified(self, token: str) -> tuple[float, Caller]:
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") != ALGORITHM or not isinstance(header.get("kid"), str):
                raise Unauthenticated("the token is not signed the way this app asks for")
            key = await self.keys.key(header["kid"])
            if key is None:
                raise Unauthenticated("the token is signed with a key that its issuer does not have")
            claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=self.audience,
                issuer=self.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud"]},
            )
        except jwt.PyJWTError as error:
            raise Unauthenticated(f"the token is not good: {_WHY.get(type(error), 'it cannot be read')}") from None
        until = min(float(claims["exp"]), self.now() + KNOWN_SECONDS)
        return until, caller_of(claims, customer_claim=self.customer_claim)


_WHY: Final[dict[type[jwt.PyJWTError], str]] = {
    jwt.ExpiredSignatureError: "it has expired",
    jwt.ImmatureSignatureError: "it is not valid yet",
    jwt.InvalidAudienceError: "it is meant for another audience",
    jwt.InvalidIssuerError: "it comes from another issuer",
    jwt.InvalidSignatureError: "its signature is wrong",
    jwt.MissingRequiredClaimError: "it lacks exp, iss or aud",
}
