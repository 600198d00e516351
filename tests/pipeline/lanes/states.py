"""One moment in the life of a key: what the store holds, how far the feed is, and what each actor was told so far."""

from dataclasses import asdict, dataclass
from typing import Any, Final, NamedTuple

from tests.pipeline.lanes.cells import LANE, TOKEN, Held
from tests.pipeline.lanes.plays import Playing

WORKER, ZOMBIE, RELEASER, SECOND = range(4)
NAMES: Final = ("worker", "zombie", "releaser", "second releaser")
NOBODY: Final = (None, None, None, None)
# For what the next operation makes; canonical states never hold them.
NEW_ETAG, NEW_NONCE = 1_000_000, 1_000_001


@dataclass(frozen=True, slots=True)
class Scenario:
    """One key's stream, spelt by kinds, and how often each trouble may strike.

    `zombies`: a worker loses its lease and goes on. `crashes`: an actor is gone, its last operation in effect or not.
    `rewinds`: the feed goes back. `lost`: a write is never answered, in effect or not. `cold`: how many events the feed
    began behind. `short`: the stream may be read an event short. `old`: rows and heads may be read as of a write ago.
    """

    kinds: str
    zombies: int = 1
    crashes: int = 0
    rewinds: int = 0
    lost: int = 0
    releasers: int = 1
    cold: int = 0
    short: bool = False
    old: bool = False

    def __str__(self) -> str:
        """The kinds, and in what it differs from a scenario of only these."""
        usual = asdict(Scenario(self.kinds))
        return " ".join(
            [self.kinds, *(f"{name}={value}" for name, value in asdict(self).items() if value != usual[name])]
        )


class State(NamedTuple):
    """`delivered` is the feed's checkpoint, `acknowledged` the furthest it ever was, `high` the highest mark ever."""

    length: int
    version: int
    row: Held | None
    head: Held | None
    row_before: Held | None
    head_before: Held | None
    delivered: int
    acknowledged: int
    high: int
    actors: tuple[Playing | None, ...]
    zombies: int
    crashes: int
    rewinds: int
    lost: int
    wrong: str = ""

    def cast(self, who: int, playing: Playing | None) -> "State":
        return self._replace(actors=(*self.actors[:who], playing, *self.actors[who + 1 :]))


type Step = tuple[str, State]


def start(s: Scenario) -> State:
    return State(s.cold, 0, None, None, None, None, s.cold, 0, 0, NOBODY, s.zombies, s.crashes, s.rewinds, s.lost)


def canonical(state: State) -> State:
    """The same state with tokens numbered in the order in which they show."""
    names: dict[int, int] = {}

    def named(token: int) -> int:
        return names.setdefault(token, TOKEN + len(names)) if token else 0

    def held(there: Held | None) -> Held | None:
        if there is None:
            return None
        etag, cell = there
        renamed: Any = (*cell[:LANE], named(cell[LANE]), *cell[LANE + 1 :])
        return named(etag), renamed

    def cast(playing: Playing | None) -> Playing | None:
        if playing is None:
            return None
        return Playing(playing.play, tuple(map(named, playing.heard)), tuple(map(named, playing.drawn)))

    return state._replace(
        row=held(state.row),
        head=held(state.head),
        row_before=held(state.row_before),
        head_before=held(state.head_before),
        actors=tuple(map(cast, state.actors)),
    )
