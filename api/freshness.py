"""How fresh the answer of a view is, and the patience of whoever asks (RFC 7240 `Prefer`, RFC 7234 `Warning`)."""

import azure.functions as func

from shared.runtime import app
from shared.subscriptions import ORDERS

STALE_OK = "stale-ok"


async def freshened(req: func.HttpRequest, consumer: str) -> dict[str, str]:
    """Wait until the view has passed what was committed before this request; headers that say when it has not.

    `Prefer: stale-ok` does not wait and is not warned.
    """
    wishes = {wish.partition(";")[0].strip().lower() for wish in str(req.headers.get("Prefer", "")).split(",")}
    if STALE_OK in wishes:
        return {"Preference-Applied": STALE_OK}
    fresh = await app().freshness.wait(consumer, ORDERS)
    if fresh.is_fresh:
        return {}
    return {"Warning": '110 orderflow "Response is Stale"', "X-View-Lag": str(fresh.lag)}
