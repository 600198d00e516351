"""Lists of orders, page by page: what a request asks of a view, and how its answer leads on (`Link`, RFC 8288)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import azure.functions as func

from api import answers, requests
from api.cursors import Cursors
from api.filters import EVERYTHING, Filters
from api.freshness import freshened
from shared.kernel import Projection
from shared.pipeline import Project
from shared.pipeline.pages import page
from shared.ports import Slice
from shared.runtime import app

BY: Final = ("createdAt", "orderId")
# A caller's key belongs into no header of ours, and the old cursor is replaced.
_NOT_REPEATED: Final = {"code", "cursor"}


@dataclass(frozen=True, slots=True)
class Listing:
    """One list: where it is found, which view it shows, and in which partitions of it."""

    path: str
    view: Projection[Any, Any]
    partitions: Sequence[str]
    filters: Filters = EVERYTHING

    async def answer(self, req: func.HttpRequest) -> func.HttpResponse:
        """Newest first. Raises Unacceptable for a limit or cursor that is none.

        Whoever follows `Link` sees every order that was there at the start, and is still wanted, exactly once, whatever
        is placed or changed meanwhile: pages go on below an order's own place, which never moves. With a status filter
        an order may enter or leave the list between two pages; it may be missed then, but is never shown twice.
        """
        cursors = Cursors(f"{self.path}?{self.filters}", app().settings.cursor_key)
        cursor = req.params.get("cursor")
        wanted = Slice(
            BY,
            shown=(*answers.LISTED, "stale"),
            limit=requests.limit(req),
            only=self.filters.only,
            start=self.filters.start,
            end=self.filters.end,
            after=None if cursor is None else cursors.read(cursor),
        )
        headers = await freshened(req, Project(self.view).name)
        found = await page(await app().views.of(self.view), self.view.container, self.partitions, wanted)
        if found.end:
            headers["Link"] = self._link(req, cursors.write(found.end))
        return answers.json([answers.row(row) for row in found.rows], headers=headers)

    def _link(self, req: func.HttpRequest, cursor: str) -> str:
        kept = {name: value for name, value in req.params.items() if name not in _NOT_REPEATED}
        return f'<{self.path}?{urlencode(kept | {"cursor": cursor})}>; rel="next"'
