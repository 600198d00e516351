"""Sums over many orders as data: what one order amounts to, and in which buckets it is counted."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from shared.kernel.envelope import Recorded
from shared.kernel.shards import Shards

# Named whole numbers: counts, and money in minor units.
type Amounts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Tally[E, L]:
    """`evolve` folds an order into its line; `amounts` says what the line adds to which bucket.

    A line names the same buckets for ever: an order that no longer counts adds zeros to them. `counted` are the events
    that can change a line. `shards` says over how many partitions a bucket is spread, by the bucket's own date.
    """

    name: str
    counted: tuple[type, ...]
    evolve: Callable[[L | None, Recorded[E]], L | None]
    amounts: Callable[[L], Mapping[str, Amounts]]
    shards: Callable[[str], Shards]

    @property
    def container(self) -> str:
        return self.name.replace("_", "-")

    def partition(self, bucket: str, stream: str) -> str:
        return self.shards(bucket).bucket(stream, of=bucket)


def plus(one: Amounts, other: Amounts) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in {**one, **other}}


def minus(one: Amounts, other: Amounts) -> dict[str, int]:
    return {name: one.get(name, 0) - other.get(name, 0) for name in {**one, **other}}


def total(all_of_them: Iterable[Amounts]) -> dict[str, int]:
    summed: dict[str, int] = {}
    for amounts in all_of_them:
        summed = plus(summed, amounts)
    return summed
