"""Is the app ready, and how far behind are its feeds? And what makes it ready before it is asked."""

from http import HTTPStatus

import azure.functions as func
from azure.functions.warmup import WarmUpContext  # its package lists it and forgets to import it

from api import answers
from api.problems import answered
from shared.runtime import app

routes = func.Blueprint()


@routes.route("health", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@answered
async def get_health(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the binding names it
    reasons = await app().missing()
    if reasons:
        return answers.json({"status": "not ready", "reasons": reasons}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    return answers.json({"status": "ready"} | ({"off": app().off} if app().off else {}))


@routes.route("health/feeds", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@answered
async def get_feeds(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the binding names it
    return answers.json({"feeds": [lag.as_row() for lag in await app().all_lags()]})


@routes.warm_up_trigger("warmup")
async def warm_up(warmup: WarmUpContext) -> None:  # noqa: ARG001 - the binding names it
    """Open the store's connections before the first request needs them."""
    await app().missing()
