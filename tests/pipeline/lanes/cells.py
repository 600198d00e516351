"""Rows and heads as plain tuples, and back: what a state of the search is made of.

Etags and nonces are numbers from TOKEN up; 0 stands for none. A nonce that an actor drew itself is -1, -2 and so on in
its own words.
"""

from typing import Any, Final, Literal

from shared.kernel import Key
from tests.pipeline.lanes.notes import STREAM

TOKEN: Final = 1000
KEY: Final = Key(STREAM, STREAM)
_SINCE: Final = "2026-01-31T09:30:00.000000Z"

# mark, value, lane (0 when the row is not stale), last
type RowCell = tuple[int, tuple[int, ...] | None, int, int]
# first, last, lane, 1 when it is open
type HeadCell = tuple[int, int, int, int]
type Cell = RowCell | HeadCell
# What the store holds: etag and cell.
type Held = tuple[int, Cell]
type Place = Literal["row", "head", "stream"]

LANE: Final = 2


def place(container: str, key: Key) -> Place:
    return "row" if (container, key) == ("notes", KEY) else "head"


def text(token: object) -> str:
    return f"~{token}"


def token(said: object) -> int:
    return int(str(said).removeprefix("~"))


def cell(container: str, item: Any) -> Cell:  # noqa: ANN401 - JSON that the engine wrote
    if container != "notes":
        return item["first"], item["last"], token(item["nonce"]), int(item["state"] == "open")
    stale = item.get("stale")
    value = None if item.get("body") is False else tuple(item["seen"])
    return item["mark"], value, token(stale["lane"]) if stale else 0, stale["last"] if stale else 0


def item(where: Place, held: Cell) -> dict[str, object]:
    return _row(*held) if where == "row" else _head(*held)


def _row(mark: object, value: object, lane: object, last: object) -> dict[str, object]:
    row: dict[str, object] = {"id": STREAM, "type": "Notes", "schemaVersion": 1, "mark": mark}
    row |= {"body": False} if value is None else {"seen": value}
    if lane:
        row["stale"] = {"lane": text(lane), "since": _SINCE, "reason": "handler_failed", "last": last}
    return row


def _head(first: object, last: object, lane: object, is_open: object) -> dict[str, object]:
    return {
        "id": "head",
        "consumer": "project_notes",
        "stream": STREAM,
        "partition": STREAM,
        "row": STREAM,
        "first": first,
        "last": last,
        "nonce": text(lane),
        "reason": "handler_failed",
        "detail": "",
        "since": _SINCE,
        "state": "open" if is_open else "closed",
    }
