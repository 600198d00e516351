"""Is the app ready, and how far behind are its feeds?"""

from dataclasses import asdict
from http import HTTPStatus

import azure.functions as func

from api import answers
from api.problems import answered
from projections import PROJECTIONS
from shared.pipeline import Project
from shared.runtime import ORDERS, app

routes = func.Blueprint()


@routes.route("health", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@answered
async def get_health(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the binding names it
    reasons = await app().missing()
    if reasons:
        return answers.json({"status": "not ready", "reasons": reasons}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    return answers.json({"status": "ready"})


@routes.route("health/feeds", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@answered
async def get_feeds(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the binding names it
    lags = [await app().lags.lag(Project(projection).name, ORDERS) for projection in PROJECTIONS]
    return answers.json({"feeds": [asdict(lag) for lag in lags]})
