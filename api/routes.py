"""Every door of the app, and the one that describes them all."""

from typing import Final

from api import batch, commands, docs, health, operating, problem_page, queries, sagas, sales

_DOORS: Final = (
    commands.routes,
    batch.routes,
    queries.routes,
    sagas.routes,
    sales.routes,
    health.routes,
    operating.routes,
    problem_page.routes,
)
ROUTES: Final = (*_DOORS, docs.described(*_DOORS))
