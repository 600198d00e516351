"""A worker or a releaser, replayed: given the answers the store gave it so far, what does the real code do next?

It runs without a loop. Each store operation hands itself out and waits for its answer, so that whoever drives decides
what happens in between. Rows and heads travel as plain tuples: etags and nonces are numbers from TOKEN up, a nonce that
was drawn but not yet written is -1, -2 and so on.
"""

from collections.abc import Coroutine, Generator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from shared.kernel import Conflict, Key, Transient, Unknown
from shared.pipeline import Brake, Engine
from shared.pipeline.spans import Span
from shared.ports import Item, Stored
from tests.orders import EPOCH
from tests.pipeline.lanes.mutants import Code
from tests.pipeline.lanes.notes import NOTES, STREAM, Watch, noted, notes

TOKEN: Final = 1000
KEY: Final = Key(STREAM, STREAM)

# mark, value, lane (0 when the row is not stale), last
type RowCell = tuple[int, tuple[int, ...] | None, int, int]
# first, last, lane, whether open
type HeadCell = tuple[int, int, int, bool]
type Cell = RowCell | HeadCell
type Place = Literal["row", "head"]
type Held = tuple[int, Cell]


@dataclass(frozen=True, slots=True)
class Ask:
    """One operation of the store, for the one that drives."""

    verb: Literal["read", "create", "replace", "delete", "stream"]
    place: Place | Literal["stream"]
    cell: Cell | None = None
    etag: int = 0

    @property
    def writes(self) -> bool:
        return self.verb in {"create", "replace", "delete"}

    def __await__(self) -> Generator["Ask", "Answer", "Answer"]:
        answer = yield self
        if answer == "conflict":
            raise Conflict(self.place)
        if answer == "unknown":
            raise Unknown(self.place)
        return answer


# None: not there, or done. A number: the new etag, or how long the stream is.
type Answer = Held | int | Literal["conflict", "unknown"] | None


@dataclass(frozen=True, slots=True)
class Done:
    outcome: str
    gap: str | None


@dataclass(frozen=True, slots=True)
class Role:
    """A worker with one page of the stream, or a releaser when there is none."""

    version: int
    first: int = 0
    last: int = 0

    @property
    def is_worker(self) -> bool:
        return self.last > 0


@dataclass
class Stage:
    """The row store as the code sees it. `unreadable` rows are those that another version wrote."""

    async def read(self, container: str, key: Key) -> Stored | None:
        answer = await Ask("read", _place(container, key))
        match answer:
            case (int(etag), tuple(cell)):
                item = _row_item(cell) if container == "notes" else _head_item(cell)  # type: ignore[arg-type]
                return Stored(item, _text(etag))
            case _:
                return None

    async def create(self, container: str, key: Key, item: Item) -> str:
        return _text(await Ask("create", _place(container, key), _cell(container, item)))

    async def replace(self, container: str, key: Key, item: Item, *, etag: str) -> str:
        return _text(await Ask("replace", _place(container, key), _cell(container, item), _token(etag)))

    async def delete(self, container: str, key: Key, *, etag: str) -> None:
        await Ask("delete", _place(container, key), etag=_token(etag))


@dataclass
class Stream:
    kinds: str

    async def read(self, stream: str) -> Sequence[Item]:
        match await Ask("stream", "stream"):
            case int(length):
                return [NOTES.encode(event) for event in noted(self.kinds[:length], stream)]
            case answer:
                raise TypeError(answer)

    async def append(self, stream: str, items: Sequence[Item]) -> None:
        raise NotImplementedError


@dataclass
class Actor:
    """Runs a role of `code` over a stream of these kinds."""

    code: Code
    kinds: str
    drawn: int = field(default=0, init=False)

    def next(self, role: Role, answers: Sequence[Answer]) -> Ask | Done:
        """What follows when the store has answered this much."""
        watch = Watch()
        self.drawn = 0
        running = self._running(role, watch)
        try:
            asked = running.send(None)
            for answer in answers:
                asked = running.send(answer)
        except StopIteration as end:
            return Done(str(end.value), watch.gap)
        except Transient:
            return Done("waiting", watch.gap)
        running.close()
        return Done("gap", watch.gap) if watch.gap else asked

    def _running(self, role: Role, watch: Watch) -> Coroutine[Ask, Answer, object]:
        stage: Any = Stage()
        lanes = self.code.lanes.Lanes(stage, nonce=self._nonce, now=lambda: EPOCH)
        engine = Engine(NOTES, Stream(self.kinds), stage, lanes, Brake(lambda: 0.0))
        project = self.code.project.Project(notes(role.version, watch, lambda _: self.kinds))
        if not role.is_worker:
            return self.code.release.release(project, KEY, engine)  # type: ignore[no-any-return]  # loaded by name
        page = noted(self.kinds)[role.first - 1 : role.last]
        return project.handle(Span(KEY, page), engine)  # type: ignore[no-any-return]  # same

    def _nonce(self) -> str:
        self.drawn += 1
        return _text(-self.drawn)


def _place(container: str, key: Key) -> Place:
    return "row" if (container, key) == ("notes", KEY) else "head"


def _text(token: Any) -> str:
    return f"~{token}"


def _token(text: object) -> int:
    return int(str(text).removeprefix("~"))


def _cell(container: str, item: Any) -> Cell:
    if container != "notes":
        return item["first"], item["last"], _token(item["nonce"]), item["state"] == "open"
    stale = item.get("stale")
    value = None if item.get("body") is False else tuple(item["seen"])
    return item["mark"], value, _token(stale["lane"]) if stale else 0, stale["last"] if stale else 0


def _row_item(cell: RowCell) -> dict[str, object]:
    mark, value, lane, last = cell
    item: dict[str, object] = {"id": STREAM, "type": "Notes", "schemaVersion": 1, "mark": mark}
    item |= {"body": False} if value is None else {"seen": list(value)}
    if lane:
        item["stale"] = {"lane": _text(lane), "since": "2026-01-31T09:30:00.000000Z", "reason": "r", "last": last}
    return item


def _head_item(cell: HeadCell) -> dict[str, object]:
    first, last, lane, is_open = cell
    return {
        "id": "head",
        "consumer": "project_notes",
        "stream": STREAM,
        "partition": STREAM,
        "row": STREAM,
        "first": first,
        "last": last,
        "nonce": _text(lane),
        "reason": "handler_failed",
        "detail": "",
        "since": "2026-01-31T09:30:00.000000Z",
        "state": "open" if is_open else "closed",
    }
