"""Trouble on demand: rules that refuse, delay or drop chosen requests, before or after they took effect."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, Self

import orjson

from local.cosmos.errors import CODES, CosmosError, bad_request

type When = Literal["before", "after"]

_FIELDS: Final[dict[str, type | tuple[type, ...]]] = {
    "status": int,
    "substatus": int,
    "retry_after_ms": int,
    "when": str,
    "drop": bool,
    "latency_ms": (int, float),
    "probability": (int, float),
    "every": int,
    "times": int,
    "container": str,
    "operation": str,
    "partition": list,
    "seed": int,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Which requests it hits, how often, and what happens to them.

    `status` 0 refuses nothing (a mere delay); `after` means the operation is done and its answer lost. Of the requests
    that match, each `every`-th is hit with `probability`, at most `times` times (0: without end).
    """

    status: int = 0
    substatus: int = 0
    retry_after_ms: int = 0
    when: When = "before"
    drop: bool = False
    latency_ms: float = 0.0
    probability: float = 1.0
    every: int = 1
    times: int = 0
    container: str | None = None
    operation: str | None = None
    partition: tuple[object, ...] | None = None
    seed: int = 0

    @classmethod
    def read(cls, given: dict[str, object]) -> Self:
        """Raises CosmosError 400 for a field that is not known or has the wrong type."""
        for name, value in given.items():
            if name not in _FIELDS or not isinstance(value, _FIELDS[name]):
                raise bad_request(f"{name}={value!r} is not a field of a fault; the fields are {', '.join(_FIELDS)}.")
        if given.get("when", "before") not in {"before", "after"}:
            raise bad_request("when is before or after.")
        if given.get("status", 0) and given["status"] not in CODES:
            raise bad_request(f"The status {given['status']} is not one this server sends.")
        if given.get("every", 1) == 0:
            raise bad_request("every is at least 1.")
        partition = given.get("partition")
        fields = {**given, "partition": tuple(partition)} if isinstance(partition, list) else given
        return cls(**fields)  # type: ignore[arg-type] # names and types were just checked against the table

    def refusal(self) -> CosmosError:
        return CosmosError(
            self.status,
            "This refusal was asked for through the control API.",
            substatus=self.substatus,
            retry_after_ms=self.retry_after_ms,
        )


class ArmedFault:
    """A rule with its count of what it has seen and hit."""

    def __init__(self, number: int, fault: Fault) -> None:
        self.number = number
        self.fault = fault
        self.seen = 0
        self.hits = 0
        self._random = random.Random(fault.seed)  # noqa: S311 - repeatable trouble, not secrets

    def hit(self, operation: str, container: str | None, partition: bytes | None) -> bool:
        fault = self.fault
        if fault.times and self.hits >= fault.times:
            return False
        if (fault.operation or operation) != operation or (fault.container or container) != container:
            return False
        if fault.partition is not None and not _same(fault.partition, partition):
            return False
        self.seen += 1
        if self.seen % fault.every or self._random.random() >= fault.probability:
            return False
        self.hits += 1
        return True


def _same(wanted: tuple[object, ...], header: bytes | None) -> bool:
    """Compared as JSON text, because `1`, `true` and `"1"` are three keys."""
    try:
        return header is not None and orjson.dumps(orjson.loads(header)) == orjson.dumps(wanted)
    except orjson.JSONDecodeError:
        return False


class Faults:
    """The armed rules, tried in the order they were added."""

    def __init__(self) -> None:
        self.armed: list[ArmedFault] = []
        self._number = 0

    def __iter__(self) -> Iterator[ArmedFault]:
        return iter(self.armed)

    def add(self, fault: Fault) -> int:
        self._number += 1
        self.armed.append(ArmedFault(self._number, fault))
        return self._number

    def clear(self) -> None:
        self.armed.clear()

    def remove(self, number: int) -> None:
        self.armed = [armed for armed in self.armed if armed.number != number]

    def pick(self, operation: str, container: str | None, partition: bytes | None) -> Fault | None:
        return next((armed.fault for armed in self.armed if armed.hit(operation, container, partition)), None)
