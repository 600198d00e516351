"""The write side of one aggregate as data: where it starts, how it changes, what it answers to a command."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decider[S, C, E]:
    """`decide` yields nothing for what is already true and raises `Refused` for what may not be."""

    initial: S
    evolve: Callable[[S, E], S]
    decide: Callable[[S, C], tuple[E, ...]]

    def fold(self, events: Iterable[E]) -> S:
        state = self.initial
        for event in events:
            state = self.evolve(state, event)
        return state
