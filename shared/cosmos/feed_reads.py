"""Reading on from a lease's place, without being its owner: one change, or as many as are to be counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from azure.core.pipeline import PipelineRequest
from azure.core.rest import HttpRequest
from azure.cosmos.aio import ContainerProxy

from shared.cosmos.spent import Spent
from shared.lag import Change, Piece, Sight
from shared.lag.sight import newest_transaction

LARGEST_PAGE: Final = 100


@dataclass(slots=True)
class _Answers:
    """The session token of the first answer: from which range it came, and how far that is."""

    spent: Spent
    session: str = ""

    def hear(self, headers: Mapping[str, str], *_: object) -> None:
        self.spent.hear(headers)
        self.session = self.session or headers.get("x-ms-session-token", "")


async def look(
    feed: ContainerProxy, piece: Piece, position: str | None, *, spent: Spent, count_at_most: int
) -> Sight | None:
    """None when another range has answered: this one was split or merged. Without a position from the beginning.

    Costs one request, and with `count_at_most` as many more as it takes to read that many changes. Raises the SDK's
    errors.
    """
    answers, first, found = _Answers(spent), None, 0
    size = min(LARGEST_PAGE, max(1, count_at_most))
    pages = feed.query_items_change_feed(
        feed_range=_feed_range(piece), max_item_count=size, response_hook=answers.hear, **_start(position)
    ).by_page()
    at_tail = True
    async for page in pages:
        changes = [change async for change in page]
        first = first or _change(changes)
        found += len(changes)
        if found >= count_at_most:
            at_tail = not changes
            break
    if answers.session.partition(":")[0] != piece.range:
        return None
    counted = found if at_tail else None
    return Sight(piece, newest_transaction(answers.session), first, counted)


def _change(changes: list[dict[str, Any]]) -> Change | None:
    return Change(int(changes[0]["_lsn"]), int(changes[0]["_ts"])) if changes else None


def _feed_range(piece: Piece) -> dict[str, Any]:
    bounds = {"min": piece.keys.low, "max": piece.keys.high}
    return {"Range": bounds | {"isMinInclusive": True, "isMaxInclusive": False}}


def _start(position: str | None) -> dict[str, Any]:
    if position is None:
        return {"start_time": "Beginning"}
    # A lease holds the service's own token. The SDK takes only tokens in a format of its own, which nobody
    # documents, so the header it sends for "now" is given the lease's token instead.
    return {"start_time": "Now", "raw_request_hook": lambda request: _start_after(request, position)}


def _start_after(request: PipelineRequest[HttpRequest], position: str) -> None:
    if request.http_request.headers.get("If-None-Match") == "*":
        request.http_request.headers["If-None-Match"] = position
