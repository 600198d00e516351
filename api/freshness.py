"""How fresh the answer of a view is, and the patience of whoever asks (RFC 7240 `Prefer`, RFC 7234 `Warning`)."""

import re

import azure.functions as func

from shared.runtime import app
from shared.subscriptions import ORDERS

STALE_OK = "stale-ok"
# To its end, or to the header's: so no character is looked at twice.
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*+"?')


async def freshened(req: func.HttpRequest, consumer: str) -> dict[str, str]:
    """Wait until the view has passed what was committed before this request; headers that say when it has not.

    `Prefer: stale-ok` does not wait and is not warned.
    """
    if _prefers(str(req.headers.get("Prefer", "")), STALE_OK):
        return {"Preference-Applied": STALE_OK}
    fresh = await app().freshness.wait(consumer, ORDERS)
    if fresh.is_fresh:
        return {}
    return {"Warning": '110 orderflow "Response is Stale"', "X-View-Lag": str(fresh.lag)}


def _prefers(header: str, name: str) -> bool:
    """Whether the first wish of that name has no value, which is the same as an empty one (RFC 7240 section 2)."""
    plain = _QUOTED.sub(lambda quoted: "" if quoted[0] == '""' else "quoted", header)
    for wish in plain.split(","):
        said, _, value = wish.partition(";")[0].partition("=")
        if said.strip().lower() == name:
            return not value.strip()
    return False
