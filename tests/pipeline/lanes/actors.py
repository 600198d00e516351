"""A worker or a releaser, replayed: given the answers the store gave it so far, what does the real code do next?

It runs without a loop. Each store operation hands itself out and waits for its answer, so that whoever drives decides
what happens in between.
"""

from collections.abc import Coroutine, Generator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from shared.kernel import Conflict, Key, Transient, Unknown
from shared.pipeline import Brake, Engine, Ledgers
from shared.pipeline.spans import Span
from shared.ports import Item, Stored
from tests.fakes import FakeBuckets
from tests.orders import EPOCH
from tests.pipeline.lanes import cells
from tests.pipeline.lanes.cells import KEY, Cell, Held, Place
from tests.pipeline.lanes.mutants import Code
from tests.pipeline.lanes.notes import NOTES, Watch, noted, notes

# None: not there, or done. A number: the new etag, or how long the stream is.
type Answer = Held | int | Literal["conflict", "unknown"] | None


@dataclass(frozen=True, slots=True)
class Ask:
    """One operation of the store, for the one that drives."""

    verb: Literal["read", "create", "replace", "delete"]
    place: Place
    cell: Cell | None = None
    etag: int = 0

    @property
    def writes(self) -> bool:
        return self.verb != "read"

    def __await__(self) -> Generator["Ask", Answer, Any]:
        match (yield self):
            case "conflict":
                raise Conflict(self.place)
            case "unknown":
                raise Unknown(self.place)
            case answer:
                return answer


@dataclass(frozen=True, slots=True)
class Done:
    """`gap`: a handler was called over the wrong row."""

    outcome: str
    gap: str | None = None


AGAIN = Done("again")


@dataclass(frozen=True, slots=True)
class Role:
    """A worker with one page of the stream, or a releaser when there is none. `version` is that of its code."""

    version: int
    first: int = 0
    last: int = 0

    @property
    def is_worker(self) -> bool:
        return self.last > 0


class Stage:
    """The row store as the code sees it."""

    async def read(self, container: str, key: Key) -> Stored | None:
        where = cells.place(container, key)
        match await Ask("read", where):
            case (etag, cell):
                return Stored(cells.item(where, cell), cells.text(etag))
            case _:
                return None

    async def create(self, container: str, key: Key, item: Item) -> str:
        return cells.text(await Ask("create", cells.place(container, key), cells.cell(container, item)))

    async def replace(self, container: str, key: Key, item: Item, *, etag: str) -> str:
        asked = Ask("replace", cells.place(container, key), cells.cell(container, item), cells.token(etag))
        return cells.text(await asked)

    async def delete(self, container: str, key: Key, *, etag: str) -> None:
        await Ask("delete", cells.place(container, key), etag=cells.token(etag))


@dataclass
class Stream:
    """The event store as the code sees it."""

    kinds: str

    async def read(self, stream: str) -> Sequence[Item]:
        length: int = await Ask("read", "stream")
        return [NOTES.encode(event) for event in noted(self.kinds[:length], stream)]

    async def append(self, stream: str, items: Sequence[Item]) -> None:
        raise NotImplementedError("the writer is the search itself")


@dataclass
class Actor:
    """Runs a role of `code` over a stream of these kinds.

    `whole` runs what the engine calls. Otherwise the driver is told to begin again where handle and release would do so
    themselves, and forgets what came before: the same behaviour in far fewer states.
    """

    code: Code
    kinds: str
    whole: bool
    _drawn: int = field(default=0, init=False)

    def next(self, role: Role, answers: Sequence[Answer]) -> Ask | Done:
        """What follows when the store has answered this much."""
        watch, self._drawn = Watch(), 0
        running = self._running(role, watch)
        try:
            asked = running.send(None)
            for answer in answers:
                asked = running.send(answer)
        except StopIteration as end:
            return Done(str(end.value), watch.gap)
        except (Conflict, Unknown):
            return Done("again", watch.gap)
        except Transient:
            return Done("waiting", watch.gap)
        running.close()
        return Done("gap", watch.gap) if watch.gap else asked

    def _running(self, role: Role, watch: Watch) -> Coroutine[Ask, Answer, object]:
        stage: Any = Stage()
        lanes = self.code.lanes.Lanes(stage, nonce=self._nonce, now=lambda: EPOCH)
        engine = Engine(NOTES, Stream(self.kinds), stage, lanes, Brake(lambda: 0.0), Ledgers(FakeBuckets()))
        project = self.code.project.Project(notes(role.version, watch, lambda _: self.kinds))
        span = Span(KEY, noted(self.kinds)[role.first - 1 : role.last]) if role.is_worker else None
        running: Coroutine[Ask, Answer, object]
        match span, self.whole:
            case None, True:
                running = project.release(KEY, engine)
            case None, False:
                running = self.code.release._once(project, KEY, engine)
            case Span(), True:
                running = project.handle(span, engine)
            case _:
                running = project._once(span, engine, project._apply)
        return running

    def _nonce(self) -> str:
        self._drawn += 1
        return cells.text(-self._drawn)
