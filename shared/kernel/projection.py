"""A view as data: its name, the row it keeps, and how one event changes that row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shared.kernel.envelope import Recorded


@dataclass(frozen=True, slots=True)
class Key:
    """Where a row lives: its logical partition and its id within it."""

    partition: str
    id: str


def by_stream(event: Recorded[Any]) -> Key:
    return Key(partition=event.stream, id=event.stream)


@dataclass(frozen=True, slots=True)
class Projection[E, V]:
    """`evolve` returns the row it was given when the event does not concern it, and None when the row ends.

    `partitioned_by` is the item property that holds `Key.partition`, as the container declares it. Rows that a changed
    `version` folds belong to another generation (docs/rebuild.md).
    """

    name: str
    row: type[V]
    evolve: Callable[[V | None, Recorded[E]], V | None]
    key: Callable[[Recorded[Any]], Key | None] = by_stream
    partitioned_by: str = "orderId"
    version: int = 1

    @property
    def container(self) -> str:
        return self.name.replace("_", "-")
