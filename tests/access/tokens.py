"""An issuer for tests: it signs what it is told to, and publishes its keys when it feels like it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from api.access.keys import KeysAway

ISSUER = "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0"
AUDIENCE = "api://orderflow"


def new_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(slots=True)
class Issuer:
    """`fetches` counts how often it was asked for its keys."""

    url: str = ISSUER
    signing: dict[str, RSAPrivateKey] = field(default_factory=lambda: {"first": new_key()})
    is_away: bool = False
    fetches: int = 0

    def published(self) -> dict[str, Any]:
        keys = [
            (kid, jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True))
            for kid, key in self.signing.items()
        ]
        return {"keys": [{**jwk, "kid": kid, "use": "sig"} for kid, jwk in keys]}

    async def fetch(self) -> Mapping[str, Any]:
        self.fetches += 1
        if self.is_away:
            raise KeysAway("away")
        return self.published()

    def token(
        self, *, kid: str = "first", key: RSAPrivateKey | None = None, without: str = "", **claims: object
    ) -> str:
        """A good token unless `claims` say otherwise."""
        good = {"iss": self.url, "aud": AUDIENCE, "exp": time() + 600, "nbf": time() - 5, "oid": "somebody"}
        told = {name: value for name, value in (good | claims).items() if name != without}
        return jwt.encode(told, key or self.signing[kid], algorithm="RS256", headers={"kid": kid})
