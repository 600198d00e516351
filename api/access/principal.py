"""The header in which Azure's own authentication ("Easy Auth") tells who asks.

Only for whoever stands behind it: anybody can send such a header to an app that does not.
Source: "Work with user identities in Azure App Service authentication", decoding the client principal header.
"""

from base64 import b64decode
from typing import Final

import orjson

from api.access.caller import Caller, Unauthenticated, caller_of, listed

HEADER: Final = "x-ms-client-principal"
_IDENTITY: Final = "aad"
_LONG_NAMES: Final[dict[str, str]] = {
    "http://schemas.microsoft.com/identity/claims/objectidentifier": "oid",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier": "sub",
    "http://schemas.microsoft.com/ws/2008/06/identity/claims/role": "roles",
}


def principal(header: str, *, customer_claim: str) -> Caller:
    """Raises Unauthenticated for what is no principal of Entra ID, and for two of them."""
    try:
        told = orjson.loads(b64decode(header, validate=True))
        claims = [(claim["typ"], claim["val"]) for claim in told["claims"]]
        identity, role_type = told["auth_typ"], told.get("role_typ")
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Unauthenticated("the client principal cannot be read") from None
    if identity != _IDENTITY:
        raise Unauthenticated("the client principal is not one of Entra ID")
    if not all(isinstance(part, str) for claim in claims for part in claim):
        raise Unauthenticated("the client principal cannot be read")
    names = _LONG_NAMES | ({role_type: "roles"} if isinstance(role_type, str) else {})
    return caller_of(listed((names.get(name, name), value) for name, value in claims), customer_claim=customer_claim)
