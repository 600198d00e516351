"""Which effective keys a request on a container covers: one key, a span inside one range, or everything."""

from dataclasses import dataclass

from local.cosmos.container import Container
from local.cosmos.epk import HIGHEST, LOWEST
from local.cosmos.errors import bad_request
from local.cosmos.key_ranges import KeyRange
from local.cosmos.message import Request


@dataclass(frozen=True, slots=True)
class Scope:
    """The span [low, high) of `key_range`; `point` is set when it is one partition."""

    key_range: KeyRange
    low: bytes
    high: bytes
    point: bytes | None = None

    @property
    def whole(self) -> bool:
        return self.low <= self.key_range.low and self.high >= self.key_range.high

    def holds(self, epk: bytes) -> bool:
        return epk == self.point if self.point is not None else self.low <= epk < self.high


def one_key(container: Container, epk: bytes) -> Scope:
    return Scope(container.ranges.owner(epk), epk, epk, epk)


def named_range(container: Container, request: Request, name: str) -> Scope:
    """The range a request names, cut to its `x-ms-start-epk` and `x-ms-end-epk`.

    Raises:
        CosmosError: 410/1002 when the range is gone, 400 for bounds that are not hexadecimal.

    """
    key_range = container.ranges.named(name)
    low = bound(request, b"x-ms-start-epk", LOWEST)
    high = bound(request, b"x-ms-end-epk", HIGHEST)
    return Scope(key_range, max(low, key_range.low), min(high, key_range.high))


def bound(request: Request, header: bytes, default: bytes) -> bytes:
    text = request.text(header)
    if text is None:
        return default
    try:
        return bytes.fromhex(text)
    except ValueError as problem:
        raise bad_request(f"{header.decode()} is not hexadecimal.") from problem


def spans(container: Container, low: bytes, high: bytes) -> tuple[Scope, ...]:
    """The parts of [low, high) by range, lowest first."""
    return tuple(
        Scope(one, max(low, one.low), min(high, one.high))
        for one in container.ranges
        if one.low < high and low < one.high
    )
