"""Who asks: worked out from claims that somebody else has already verified."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

type Role = Literal["customer", "fulfilment", "operator"]

ROLES: Final[frozenset[Role]] = frozenset(get_args(Role.__value__))
_NAME: Final = re.compile(r"[A-Za-z0-9_:.-]{1,100}")


class Unauthenticated(Exception):  # noqa: N818 - a request we answer, not an error of ours
    """Nobody knows who asks."""


class Forbidden(Exception):  # noqa: N818 - same
    """It is known who asks, and that is not for him."""


@dataclass(frozen=True, slots=True)
class Caller:
    """`id` is opaque and stable; empty where the platform let somebody in without saying whom.

    `customer_id` is the name that a customer's orders bear; empty for whoever is no customer.
    """

    id: str
    roles: frozenset[Role]
    customer_id: str = ""


# Whoever holds a key of the app, and whoever sits at this machine.
ANYBODY: Final = Caller("", ROLES)


def caller_of(claims: Mapping[str, object], *, customer_claim: str) -> Caller:
    """Raises Unauthenticated for claims that name nobody.

    A role counts as it is spelt in `Role`, letter by letter: what looks like one gives nothing.
    Source: "Access token claims reference", Microsoft identity platform (`oid`, `sub`, `roles`).
    """
    name = _named(claims, "oid") or _named(claims, "sub")
    if not name:
        raise Unauthenticated("the identity has neither oid nor sub")
    given = claims.get("roles")
    roles = frozenset(role for role in ROLES if isinstance(given, list | tuple) and role in given)
    return Caller(name, roles, customer_id=_named(claims, customer_claim) if "customer" in roles else "")


def listed(claims: Iterable[tuple[str, str]], *, repeated: str = "roles") -> dict[str, object]:
    """Claims that came as a list. Raises Unauthenticated when one that may stand once says two things."""
    values: dict[str, object] = {}
    several: list[str] = []
    for name, value in claims:
        if name == repeated:
            several.append(value)
        elif values.setdefault(name, value) != value:
            raise Unauthenticated(f"the identity says two things of {name}")
    return values | {repeated: several}


def _named(claims: Mapping[str, object], claim: str) -> str:
    value = claims.get(claim)
    return value if isinstance(value, str) and _NAME.fullmatch(value) else ""
