"""Which partition of a hub the service gives to a key: lookup3 by Bob Jenkins, folded to 16 bits.

Source: azure-sdk-for-net, PartitionResolver, "ported directly from the code used by the Event Hubs service". It takes
the remainder of a signed number towards zero; the Python SDK's buffered producer takes it downwards and is wrong for
half of all keys, which is why it is not used here.
"""

from struct import Struct
from typing import Final

_WORD: Final = 0xFFFFFFFF
_START: Final = 0xDEADBEEF
_BLOCK: Final = Struct("<III")


def partition_of(key: str, partitions: int) -> int:
    """The number of the partition, from 0 to below `partitions`."""
    folded = _folded(key.encode())
    return (0x10000 - folded if folded & 0x8000 else folded) % partitions


def _folded(text: bytes) -> int:
    a = b = c = (_START + len(text)) & _WORD
    if not text:
        return (c ^ b) & 0xFFFF
    *blocks, last = _BLOCK.iter_unpack(text + bytes(-len(text) % _BLOCK.size))
    for x, y, z in blocks:
        a, b, c = _mixed(a + x & _WORD, b + y & _WORD, c + z & _WORD)
    x, y, z = last
    b, c = _final(a + x & _WORD, b + y & _WORD, c + z & _WORD)
    return (c ^ b) & 0xFFFF


# The rotations stand written out: a call for each would cost as much as all the rest of sending an event.


def _mixed(a: int, b: int, c: int) -> tuple[int, int, int]:
    a = (a - c & _WORD) ^ ((c << 4 | c >> 28) & _WORD)
    c = c + b & _WORD
    b = (b - a & _WORD) ^ ((a << 6 | a >> 26) & _WORD)
    a = a + c & _WORD
    c = (c - b & _WORD) ^ ((b << 8 | b >> 24) & _WORD)
    b = b + a & _WORD
    a = (a - c & _WORD) ^ ((c << 16 | c >> 16) & _WORD)
    c = c + b & _WORD
    b = (b - a & _WORD) ^ ((a << 19 | a >> 13) & _WORD)
    a = a + c & _WORD
    c = (c - b & _WORD) ^ ((b << 4 | b >> 28) & _WORD)
    return a, b + a & _WORD, c


def _final(a: int, b: int, c: int) -> tuple[int, int]:
    c = (c ^ b) - (b << 14 | b >> 18) & _WORD
    a = (a ^ c) - (c << 11 | c >> 21) & _WORD
    b = (b ^ a) - (a << 25 | a >> 7) & _WORD
    c = (c ^ b) - (b << 16 | b >> 16) & _WORD
    a = (a ^ c) - (c << 4 | c >> 28) & _WORD
    b = (b ^ a) - (a << 14 | a >> 18) & _WORD
    c = (c ^ b) - (b << 24 | b >> 8) & _WORD
    return b, c
