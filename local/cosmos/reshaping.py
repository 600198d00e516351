"""Splits and merges: ranges go, their children come, and each item keeps its place in the log."""

from typing import Final

from local.cosmos.account import Account
from local.cosmos.container import Container
from local.cosmos.epk import HIGHEST, LOWEST
from local.cosmos.errors import bad_request, not_supported
from local.cosmos.key_ranges import KeyRange

_WIDTH: Final = 16
_TOP: Final = 1 << 126


def split(account: Account, container: Container, name: str) -> tuple[str, str]:
    """Two children of equal width, going on from the parent's LSN; answers their ids.

    Raises:
        CosmosError: 410 for an unknown range, 400 for a container with version 1 hashing.

    """
    if container.key.version == 1:
        raise not_supported("Splitting a container with a version 1 partition key")
    parent = container.ranges.named(name)
    middle = _middle(parent)
    first = container.ranges.next_number()
    born = container.ranges.version + 1
    parents = (*parent.parents, parent.number)
    children = (
        KeyRange(first, parent.low, middle, parents, born, parent.lsn),
        KeyRange(first + 1, middle, parent.high, parents, born, parent.lsn),
    )
    container.ranges.replace((parent,), children)
    _move(account, container, children)
    return children[0].name, children[1].name


def merge(account: Account, container: Container, name: str) -> str:
    """One range in place of this one and the next above it; its log goes on from the higher LSN."""
    low = container.ranges.named(name)
    high = container.ranges.after(low)
    if high is None:
        raise bad_request(f"The range {name} is the last one; there is none above it to merge with.")
    parents = tuple(dict.fromkeys((*low.parents, *high.parents, low.number, high.number)))
    number = container.ranges.next_number()
    child = KeyRange(number, low.low, high.high, parents, container.ranges.version + 1, max(low.lsn, high.lsn))
    container.ranges.replace((low, high), (child,))
    _move(account, container, (child,))
    return child.name


def grow(account: Account, container: Container, count: int) -> None:
    """Splits the widest ranges until there are that many."""
    while len(container.ranges) < count:
        widest = max(container.ranges, key=lambda one: _number(one.high) - _number(one.low))
        split(account, container, widest.name)


def _move(account: Account, container: Container, children: tuple[KeyRange, ...]) -> None:
    for child in children:
        account.store.records.move(container.number, child.low, child.high, child.number)
    account.catalogue.keep(container)


def _middle(parent: KeyRange) -> bytes:
    middle = (_number(parent.low) + _number(parent.high)) // 2
    text = middle.to_bytes(_WIDTH, "big")
    if not parent.low < text < parent.high:
        raise bad_request(f"The range {parent.name} cannot be split any further.")
    return text


def _number(bound: bytes) -> int:
    if bound == LOWEST:
        return 0
    return _TOP if bound == HIGHEST else int.from_bytes(bound[:_WIDTH].ljust(_WIDTH, b"\0"), "big")
