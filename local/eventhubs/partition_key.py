"""Which partition the service gives to a key: Jenkins' lookup3, the hash that the .NET SDK took from the service.

Source: azure-sdk-for-net, PartitionResolver ("ported directly from the code used by the Event Hubs service", #25081).
The Python SDK's buffered producer takes a floored remainder where .NET takes a truncated one, so for most keys whose
hash is negative it names another partition than the service does.
"""

import struct
from typing import Final

_MASK: Final = 0xFFFFFFFF
_BLOCK: Final = struct.Struct("<III")
_SEED: Final = 0xDEADBEEF
# How far each step of the two mixings turns its word (lookup3.c, mix and final).
_MIX: Final = (4, 6, 8, 16, 19, 4)
_FINAL: Final = (14, 11, 25, 16, 4, 14, 24)


def partition_of(key: str, count: int) -> int:
    """The number of the partition, below `count`."""
    return abs(hash_of(key)) % count


def hash_of(key: str) -> int:
    """16 bits, signed."""
    first, second = _lookup3(key.encode())
    return int.from_bytes(((first ^ second) & 0xFFFF).to_bytes(2), signed=True)


def _lookup3(content: bytes) -> tuple[int, int]:
    a = b = c = (_SEED + len(content)) & _MASK
    if not content:
        return c, b
    # The last block, full or not, is mixed differently.
    last = (len(content) - 1) // _BLOCK.size * _BLOCK.size
    for start in range(0, last, _BLOCK.size):
        a, b, c = _mixed(*_added(a, b, c, content[start : start + _BLOCK.size]))
    a, b, c = _finished(*_added(a, b, c, content[last:].ljust(_BLOCK.size, b"\0")))
    return c, b


def _added(a: int, b: int, c: int, block: bytes) -> tuple[int, int, int]:
    x, y, z = _BLOCK.unpack(block)
    return (a + x) & _MASK, (b + y) & _MASK, (c + z) & _MASK


def _mixed(a: int, b: int, c: int) -> tuple[int, int, int]:
    for turn in _MIX:
        a, c = ((a - c) & _MASK) ^ _turned(c, turn), (c + b) & _MASK
        a, b, c = b, c, a
    return a, b, c


def _finished(a: int, b: int, c: int) -> tuple[int, int, int]:
    for turn in _FINAL:
        c = ((c ^ b) - _turned(b, turn)) & _MASK
        a, b, c = b, c, a
    return c, a, b


def _turned(word: int, by: int) -> int:
    return ((word << by) | (word >> (32 - by))) & _MASK
