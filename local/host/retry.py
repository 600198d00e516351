"""Retry policies of a function, with the delays of the .NET host.

Sources: webjobs-sdk, FunctionExecutorExtensions and RandomizedExponentialBackoffStrategy.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count, islice, repeat
from typing import assert_never

ENDLESS = -1


@dataclass(frozen=True, slots=True)
class FixedDelay:
    """The same delay before every retry; `max_retries` -1 means for ever."""

    max_retries: int
    delay: timedelta


@dataclass(frozen=True, slots=True)
class ExponentialBackoff:
    """`minimum` first, then about doubling, then `maximum` for good; `max_retries` -1 means for ever."""

    max_retries: int
    minimum: timedelta
    maximum: timedelta


type RetryPolicy = FixedDelay | ExponentialBackoff


@dataclass(frozen=True, slots=True)
class Retry:
    """What the app sees as `context.retry_context`: (0, 0) without a policy, (0, N) on the first attempt with one."""

    count: int = 0
    max_count: int = 0
    message: str = ""
    trace: str = ""


def delays(policy: RetryPolicy, uniform: Callable[[float, float], float]) -> Iterator[timedelta]:
    """The delay before each retry; it ends when the retries are exhausted."""
    match policy:
        case FixedDelay(limit, delay):
            return _limited(repeat(delay), limit)
        case ExponentialBackoff(limit, minimum, maximum):
            return _limited(_growing(minimum, maximum, uniform), limit)
        case _:
            assert_never(policy)


def _limited(endless: Iterator[timedelta], limit: int) -> Iterator[timedelta]:
    return endless if limit == ENDLESS else islice(endless, limit)


def _growing(minimum: timedelta, maximum: timedelta, uniform: Callable[[float, float], float]) -> Iterator[timedelta]:
    yield min(minimum, maximum)
    # Beyond 2**64 the factor only overflows; the maximum, at most 68 years, is reached long before.
    for exponent in count() if minimum else ():
        factor = uniform(0.8, 1.2) * 2 ** min(exponent, 64)
        if minimum.total_seconds() * (1 + factor) >= maximum.total_seconds():
            break
        yield minimum * (1 + factor)
    yield from repeat(maximum if minimum else minimum)
