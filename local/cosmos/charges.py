"""Request units: an estimate fitted to Microsoft's published figures, not the service's own arithmetic.

Points it meets exactly (articles/cosmos-db/request-units.md, key-value-store-cost.md): a read of 1 KB is 1 RU and of
100 KB 10 RU; an unindexed insert of 1 KB is 5 RU and of 100 KB 50 RU; a replace is twice an insert; bounded staleness
and strong reads cost twice.
"""

from typing import Final

_KB: Final = 1024
_READ_PER_KB: Final = 0.0909
_WRITE: Final = 5.0
_WRITE_PER_KB: Final = 0.4545
_PER_INDEXED_VALUE: Final = 0.19
_QUERY: Final = 2.28
_QUERY_ROW: Final = 0.18
_QUERY_FILTERED_ROW: Final = 0.15
_QUERY_ORDERED_ROW: Final = 0.46
_QUERY_READ: Final = 0.02

MISSING_READ: Final = 1.0
REFUSED_WRITE: Final = _WRITE
UNCHANGED_FEED: Final = 1.0
CATALOGUE: Final = 2.0


def read(size: int) -> float:
    return 1 + _READ_PER_KB * max(0.0, size / _KB - 1)


def create(size: int, indexed: int) -> float:
    """`indexed` counts the values the indexing policy covers."""
    charge = _WRITE + _PER_INDEXED_VALUE * indexed
    return charge if size <= _KB else charge + _WRITE_PER_KB * (size / _KB - 1)


def replace(size: int, indexed: int) -> float:
    return 2 * create(size, indexed)


def query(rows: int, size: int, documents_read: int, *, filtered: bool, ordered: bool) -> float:
    """One page of one range."""
    per_row = _QUERY_ROW + _QUERY_FILTERED_ROW * filtered + _QUERY_ORDERED_ROW * ordered
    rest = max(0.0, size / _KB - rows)
    unseen = max(0, documents_read - rows)
    return _QUERY + per_row * rows + _READ_PER_KB * rest + _QUERY_READ * unseen


def feed(rows: int, size: int) -> float:
    return 1 + _QUERY_ROW * rows + _READ_PER_KB * max(0.0, size / _KB - rows)


def text(charge: float) -> bytes:
    return b"%.2f" % charge
