"""Shards: the store's own hash of a key, cut into equal parts, so that what one range feeds goes into few buckets."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_BITS: Final = 126
_WORD: Final = (1 << 64) - 1
_FIRST: Final = 0x87C37B91114253D5
_SECOND: Final = 0x4CF5AD432745937F
_BLOCK: Final = 16


@dataclass(frozen=True, slots=True)
class Shards:
    """`count` equal parts, a power of two not below the number of physical ranges: then a shard lies in one range.

    Raises ValueError for another count.
    """

    count: int

    def __post_init__(self) -> None:
        if self.count < 1 or self.count & (self.count - 1):
            raise ValueError(f"{self.count} is not a power of two")

    def bucket(self, key: str, *, of: str = "") -> str:
        """The partition of a view that the rows of `key` go to; `of` names what is spread, a day for instance."""
        return _name(effective_key(key) * self.count >> _BITS, of)

    def buckets(self, *, of: str = "") -> tuple[str, ...]:
        """Every name that `bucket` can give."""
        return tuple(_name(shard, of) for shard in range(self.count))


def _name(shard: int, of: str) -> str:
    return f"{of}:{shard:02d}" if of else f"{shard:02d}"


# A stream comes with several events at once, and to several readers.
@lru_cache(maxsize=8192)
def effective_key(key: str) -> int:
    """The effective partition key of a text, a number of 126 bits (hash version 2).

    Source: azure-cosmos 4.17.1, `partition_key.py` and `_cosmos_murmurhash3.py`.
    """
    return _murmur3(b"\x08" + key.encode() + b"\xff") & ((1 << _BITS) - 1)


def _murmur3(text: bytes) -> int:
    """MurmurHash3 x64 128 with seed 0; its second half is the upper one, as the store reads its bytes backwards."""
    one = two = 0
    whole = len(text) // _BLOCK * _BLOCK
    for start in range(0, whole, _BLOCK):
        first, second = _words(text[start : start + _BLOCK])
        one = (_turned(one ^ _mixed_first(first), 27) + two) * 5 + 0x52DCE729 & _WORD
        two = (_turned(two ^ _mixed_second(second), 31) + one) * 5 + 0x38495AB5 & _WORD
    first, second = _words(text[whole:])
    one, two = one ^ _mixed_first(first) ^ len(text), two ^ _mixed_second(second) ^ len(text)
    one = one + two & _WORD
    two = two + one & _WORD
    one, two = _final(one), _final(two)
    one = one + two & _WORD
    two = two + one & _WORD
    return two << 64 | one


def _words(block: bytes) -> tuple[int, int]:
    return int.from_bytes(block[:8], "little"), int.from_bytes(block[8:], "little")


def _mixed_first(word: int) -> int:
    return _turned(word * _FIRST & _WORD, 31) * _SECOND & _WORD


def _mixed_second(word: int) -> int:
    return _turned(word * _SECOND & _WORD, 33) * _FIRST & _WORD


def _turned(word: int, by: int) -> int:
    return (word << by | word >> 64 - by) & _WORD


def _final(word: int) -> int:
    word = (word ^ word >> 33) * 0xFF51AFD7ED558CCD & _WORD
    word = (word ^ word >> 33) * 0xC4CEB9FE1A85EC53 & _WORD
    return word ^ word >> 33
