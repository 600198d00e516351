"""Request units of one operation, estimated: docs/local-cosmos.md has the same formulas with their sources.

Sizes are in KB of 1024 bytes, `indexed` counts the values that the indexing policy covers.
"""

from typing import Final

# At Bounded Staleness a read asks two replicas (learn.microsoft.com/azure/cosmos-db/consistency-levels).
CURRENT: Final = 2.0
NOTHING_NEW: Final = 1.0 * CURRENT


def read(size: float) -> float:
    return CURRENT * (1 + 0.0909 * max(0.0, size - 1))


def missing() -> float:
    """A read of what is not there yet. The estimate charges it once."""
    return 1.0


def create(size: float, indexed: int) -> float:
    """Two values, the id and the partition key, are indexed whatever the policy says."""
    return 5 + 0.4545 * max(0.0, size - 1) + 0.19 * (indexed + 2)


def replace(size: float, indexed: int) -> float:
    return 2 * create(size, indexed)


def query(rows: float, size: float) -> float:
    """One page of `rows` items from one partition, filtered and ordered."""
    return CURRENT * (2.28 + 0.79 * rows + 0.0909 * max(0.0, rows * (size - 1)))


def feed(items: float, size: float) -> float:
    """What these items add to the pages of a change feed that carry them."""
    return CURRENT * items * (0.18 + 0.0909 * max(0.0, size - 1))
