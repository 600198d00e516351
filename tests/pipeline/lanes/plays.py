"""What an actor was told so far, so that the real code runs only once for each list of answers.

A play speaks of etags and nonces in its own words: TOKEN, TOKEN + 1 and so on in the order in which they were heard,
-1, -2 and so on for nonces of its own. A `Playing` adds which of the store's tokens these are.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.pipeline.lanes.actors import Actor, Answer, Ask, Done, Role
from tests.pipeline.lanes.cells import LANE, TOKEN


@dataclass(slots=True)
class Play:
    """One list of answers, and what it leads to."""

    role: Role
    answers: tuple[Answer, ...]
    next: Ask | Done
    told: dict[Answer, "Play"] = field(default_factory=dict)


class Playing(NamedTuple):
    """A play by its number. `heard` are the store's tokens for TOKEN and up, `drawn` those for -1 and down."""

    play: int
    heard: tuple[int, ...] = ()
    drawn: tuple[int, ...] = ()


class Plays:
    """All plays of one version of the code."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._plays: list[Play] = []
        self._numbers: dict[tuple[Role, tuple[Answer, ...]], int] = {}

    def begin(self, role: Role) -> Playing:
        return Playing(self._number(role, ()))

    def role(self, playing: Playing) -> Role:
        return self._plays[playing.play].role

    def next(self, playing: Playing, fresh: int) -> tuple[Ask | Done, Playing]:
        """What the actor does next, in the store's tokens; a nonce it writes for the first time gets `fresh`."""
        asked = self._plays[playing.play].next
        if isinstance(asked, Done) or not asked.writes:
            return asked, playing
        cell: Any = asked.cell
        if cell and cell[LANE]:
            playing = _named(playing, -cell[LANE], fresh)
            cell = (*cell[:LANE], _token(playing, cell[LANE]), *cell[LANE + 1 :])
        return Ask(asked.verb, asked.place, cell, _token(playing, asked.etag)), playing

    def told(self, playing: Playing, answer: Answer) -> tuple[Playing, Ask | Done]:
        """The play goes on with this answer of the store."""
        playing, local = _heard(playing, answer)
        play = self._plays[playing.play]
        number = self._number(play.role, (*play.answers, local))
        return Playing(number, playing.heard, playing.drawn), self._plays[number].next

    def _number(self, role: Role, answers: tuple[Answer, ...]) -> int:
        if (role, answers) not in self._numbers:
            self._numbers[role, answers] = len(self._plays)
            self._plays.append(Play(role, answers, self._actor.next(role, answers)))
        return self._numbers[role, answers]


def _named(playing: Playing, drawn: int, fresh: int) -> Playing:
    if drawn <= 0 or (drawn <= len(playing.drawn) and playing.drawn[drawn - 1]):
        return playing
    names = [*playing.drawn, *(0 for _ in range(drawn - len(playing.drawn)))]
    names[drawn - 1] = fresh
    return playing._replace(drawn=tuple(names))


def _token(playing: Playing, word: int) -> int:
    if word >= TOKEN:
        return playing.heard[word - TOKEN]
    return playing.drawn[-word - 1] if word < 0 else 0


def _heard(playing: Playing, answer: Answer) -> tuple[Playing, Answer]:
    """The answer in the play's own words, which may be new to it."""
    match answer:
        case int(etag) if etag >= TOKEN:
            return _word(playing, etag)
        case (int(etag), tuple(cell)):
            playing, etag = _word(playing, etag)
            playing, lane = _word(playing, cell[LANE])
            local: Any = (etag, (*cell[:LANE], lane, *cell[LANE + 1 :]))
            return playing, local
        case _:
            return playing, answer


def _word(playing: Playing, token: int) -> tuple[Playing, int]:
    if token < TOKEN:
        return playing, token
    if token in playing.drawn:
        return playing, -playing.drawn.index(token) - 1
    if token in playing.heard:
        return playing, TOKEN + playing.heard.index(token)
    return playing._replace(heard=(*playing.heard, token)), TOKEN + len(playing.heard)
