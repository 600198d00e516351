"""Before a handler begins: who asks, how often, and whether that is for him."""

import os
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from typing import Final

from api.access.caller import Unauthenticated
from api.access.gate import Gate, gate
from api.access.rules import ANYONE, Asking, Rule
from api.access.settings import AccessSettings

_asking: Final[ContextVar[Asking]] = ContextVar("asking")


def asking() -> Asking:
    """Who asks in the request under way. Raises LookupError outside of one: nobody is let through by mistake."""
    return _asking.get()


async def admitted(rule: Rule, headers: Mapping[str, str], *, through: Gate | None = None) -> Asking:
    """From here on `asking` knows. Raises Unauthenticated, Forbidden, TooManyRequests, KeysAway."""
    found = ANYONE if rule.is_open else await _known(rule, headers, through or the_gate())
    _asking.set(found)
    return found


async def _known(rule: Rule, headers: Mapping[str, str], through: Gate) -> Asking:
    try:
        caller = await through.caller(headers)
    except Unauthenticated:
        # Trying out tokens costs as much as using them.
        await through.spend(through.account(headers))
        raise
    account = caller.id or through.account(headers)
    await through.spend(account)
    return Asking(caller, rule.reach(caller), account)


async def spend(requests: int) -> None:
    """A request that stands for several takes as many. Raises TooManyRequests."""
    if requests:
        await the_gate().spend(asking().account, requests)


@cache
def the_gate() -> Gate:
    """The gate of this worker. What it keeps belongs to the loop it first runs in, which a worker has one of."""
    return gate(AccessSettings.read(os.environ))
