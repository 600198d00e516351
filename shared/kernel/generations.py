"""Generations of a view: the ways in which it is kept side by side, and which of them is read."""

from dataclasses import dataclass, replace
from typing import Final

from shared.kernel.errors import Misconfigured
from shared.kernel.projection import Key

FIRST_NUMBER: Final = 1
# No id that the doors let in begins with it, so no partition of the first generation does.
APART: Final = "~"


class NotNow(Misconfigured):
    """What was asked of a view's generations does not fit where they stand."""


@dataclass(frozen=True, slots=True)
class Generation:
    """`number` is never given twice; `version` says which code of the view writes it."""

    number: int = FIRST_NUMBER
    version: int = 1

    def place(self, key: Key) -> Key:
        """Where a row lives in this generation: the first one is where rows have always been."""
        if self.number == FIRST_NUMBER:
            return key
        return Key(self.partition(key.partition), key.id)

    def partition(self, partition: str) -> str:
        return partition if self.number == FIRST_NUMBER else f"{APART}{self.number}{APART}{partition}"


FIRST: Final = Generation()


def parted(partition: str) -> tuple[int, str]:
    """The number of the generation that a partition belongs to, and its name in the first one; 0 for none at all."""
    if not partition.startswith(APART):
        return FIRST_NUMBER, partition
    number, _, name = partition.removeprefix(APART).partition(APART)
    return (int(number), name) if number.isdecimal() else (0, partition)


@dataclass(frozen=True, slots=True)
class Generations:
    """All that are written. Only `live` is read; `growing` may take its place, `previous` may take it back.

    Every step raises NotNow where it does not fit; `last` is the highest number ever given.
    """

    live: Generation
    growing: Generation | None = None
    previous: Generation | None = None
    last: int = FIRST_NUMBER

    @property
    def written(self) -> tuple[Generation, ...]:
        """The live one first: trouble with it is what a feed waits for."""
        return tuple(each for each in (self.live, self.growing, self.previous) if each)

    def grow(self, version: int) -> "Generations":
        """One that is growing already goes on, if it is of this version."""
        if self.previous:
            raise NotNow(f"generation {self.previous.number} is still kept to go back to; retire it first")
        if self.growing is None:
            return replace(self, growing=Generation(self.last + 1, version), last=self.last + 1)
        if self.growing.version != version:
            raise NotNow(f"generation {self.growing.number} of version {self.growing.version} grows; give it up first")
        return self

    def promote(self) -> "Generations":
        if self.growing is None:
            raise NotNow("no generation is growing: somebody else has promoted it or given it up")
        return replace(self, live=self.growing, growing=None, previous=self.live)

    def roll_back(self) -> "Generations":
        if self.previous is None:
            raise NotNow("there is no generation to go back to")
        return replace(self, live=self.previous, previous=self.live)

    def retire(self) -> "Generations":
        if self.previous is None:
            raise NotNow("there is no generation to retire")
        return replace(self, previous=None)

    def give_up(self) -> "Generations":
        if self.growing is None:
            raise NotNow("no generation is growing")
        return replace(self, growing=None)
