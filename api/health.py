"""Is the app alive, ready, well, and how far behind are its feeds? And what makes it ready before it is asked.

Whoever asks the first three may ask every second: the answers are kept for a while, whoever asks. How far the feeds are
is measured anew for each who may know it, at once for all who ask meanwhile.
"""

from http import HTTPStatus
from time import monotonic
from typing import Final

import azure.functions as func
from azure.functions.warmup import WarmUpContext  # its package lists it and forgets to import it

from api import answers
from api.problems import answered
from shared.kernel import Transient
from shared.kernel.values import to_text
from shared.lag import Estimate, Measurement
from shared.pipeline import OneAnswer
from shared.runtime import app

GOOD_FOR: Final = 5.0

routes = func.Blueprint()


async def _missing() -> list[str]:
    return await app().missing()


async def _measured() -> Measurement | None:
    return await app().watch.last()


async def _look() -> Estimate:
    return await app().watch.look()


missing = OneAnswer(_missing, monotonic, GOOD_FOR)
measured = OneAnswer(_measured, monotonic, GOOD_FOR)
# Those who wait for a feed to settle must not be told of a time before they came.
look = OneAnswer(_look, monotonic)


@routes.route("health/live", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@answered
async def get_live(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the binding names it
    """Whoever can say this is alive: a worker that cannot reach the store is not cured by ending it."""
    return answers.json({"status": "live"})


@routes.route("health/ready", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@answered
async def get_ready(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the binding names it
    return _not_ready(reasons) if (reasons := await missing()) else answers.json({"status": "ready"})


@routes.route("health", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@answered
async def get_health(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the binding names it
    """Degraded is ready all the same: taking an instance away helps no feed."""
    if reasons := await missing():
        return _not_ready(reasons)
    off = {"off": app().off} if app().off else {}
    if degraded := await _troubles():
        return answers.json({"status": "degraded", "reasons": degraded} | off)
    return answers.json({"status": "ready"} | off)


@routes.route("health/feeds", methods=["GET"])
@answered
async def get_feeds(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the binding names it
    """As it is now; `last` is what the timer has measured, whose age says whether it still does.

    It asks the store of every lease and range, so it is not for whoever comes.
    """
    watch, now, last = app().watch, await look(), await measured()
    return answers.json(
        {
            "feeds": [feed.as_row() for feed in now.feeds],
            "measured": now.cost.as_row() | {"at": to_text(now.at)},
            "last": {
                "age": round(last.age(watch.now()), 1) if last else None,
                "silent": watch.is_silent(last),
                "parked": {name: keys for name, keys in last.parked.items() if keys} if last else None,
            },
        }
    )


@routes.warm_up_trigger("warmup")
async def warm_up(warmup: WarmUpContext) -> None:  # noqa: ARG001 - the binding names it
    """Open the store's connections before the first request needs them."""
    await missing()


async def _troubles() -> list[str]:
    try:
        return app().troubles + app().watch.troubles(await measured())
    except Transient as failure:
        # Nobody knows how the feeds are, which is what that name stands for; the app itself is ready.
        return [*app().troubles, f"feed_silent: {failure}"]


def _not_ready(reasons: list[str]) -> func.HttpResponse:
    return answers.json({"status": "not ready", "reasons": reasons}, status=HTTPStatus.SERVICE_UNAVAILABLE)
