"""Results that had to be made whole, kept while a client pages through them."""

from typing import Final, NamedTuple

_MOST: Final = 8

type Key = tuple[object, ...]


class Result(NamedTuple):
    """All rows of a query, and how many documents it read for them."""

    rows: list[bytes]
    read: int


class Results:
    """The last few; a key names the container's version, so a write makes every older result unreachable."""

    def __init__(self) -> None:
        self._kept: dict[Key, Result] = {}

    def find(self, key: Key) -> Result | None:
        return self._kept.get(key)

    def keep(self, key: Key, result: Result) -> None:
        self._kept.pop(key, None)
        self._kept[key] = result
        if len(self._kept) > _MOST:
            del self._kept[next(iter(self._kept))]

    def clear(self) -> None:
        self._kept.clear()
