"""The page to which the `type` of every problem leads: what each code means, and what to do about it."""

from html import escape
from typing import Final

import azure.functions as func

from api.catalogue import PAGE, PROBLEMS, Kind
from api.problems import answered

routes = func.Blueprint()


def _entry(code: str, kind: Kind) -> str:
    remedy = escape(kind.remedy, quote=False)
    return f'<h2 id="{code}">{code}</h2><p>{kind.status.value}: {escape(kind.title, quote=False)}.</p><p>{remedy}</p>'


_HTML: Final = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Problems</title><h1>Problems</h1>'
    + "".join(_entry(code, kind) for code, kind in PROBLEMS.items())
    + "</html>"
)


@routes.route(PAGE.removeprefix("/"), methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@answered
async def get_problems(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the binding names it
    return func.HttpResponse(_HTML, mimetype="text/html")
