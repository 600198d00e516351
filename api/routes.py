"""Every door of the app, and the one that describes them all."""

from typing import Final

from api import commands, docs, health, queries, sagas, sales

_DOORS: Final = (commands.routes, queries.routes, sagas.routes, sales.routes, health.routes)
ROUTES: Final = (*_DOORS, docs.described(*_DOORS))
