"""Trouble on demand: rules that hit chosen connections, links, messages or requests."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Final, Literal, Self

from local.eventhubs.errors import AmqpError

type Operation = Literal["connect", "attach", "send", "receive", "request"]
type Act = Literal["refuse", "drop", "delay", "detach", "duplicate"]

ACTS: Final[Mapping[str, frozenset[str]]] = {
    "connect": frozenset({"refuse", "drop", "delay"}),
    "attach": frozenset({"refuse", "drop", "delay"}),
    "send": frozenset({"refuse", "drop", "delay", "detach"}),
    "receive": frozenset({"drop", "delay", "detach", "duplicate"}),
    "request": frozenset({"refuse", "drop", "delay"}),
}
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {"str": (str,), "int": (int,), "float": (int, float)}


@dataclass(frozen=True, slots=True)
class Fault:
    """Of the operations that match, each `every`-th is hit with `probability`, at most `times` times (0: for ever).

    `when` is for sending: `after` means that the event is stored and only the answer is lost. `condition` is the
    AMQP error of refuse and detach.
    """

    operation: Operation
    act: Act
    when: Literal["before", "after"] = "before"
    condition: str = "com.microsoft:server-busy"
    delay_ms: float = 0.0
    hub: str = ""
    partition: str = ""
    every: int = 1
    times: int = 0
    probability: float = 1.0
    seed: int = 0

    @classmethod
    def read(cls, given: Mapping[str, object]) -> Self:
        """Raises ValueError that says what is wrong."""
        known = {field.name: field.type for field in fields(cls)}
        for name, value in given.items():
            kinds = _TYPES.get(str(getattr(known.get(name), "__name__", "")), (str,))
            if name not in known or not isinstance(value, kinds):
                raise ValueError(f"{name}={value!r} is not a field of a fault; the fields are {', '.join(known)}")
        operation, act = given.get("operation"), given.get("act")
        if act not in ACTS.get(str(operation), ()):
            raise ValueError(f"{act} cannot happen to {operation}; there are {_choices()}")
        if given.get("when", "before") not in {"before", "after"} or given.get("every", 1) == 0:
            raise ValueError("when is before or after, every is at least 1")
        return cls(**given)  # type: ignore[arg-type] # names and types were just checked

    @property
    def error(self) -> AmqpError:
        return AmqpError(self.condition, "This trouble was asked for through the control port.")

    @property
    def seconds(self) -> float:
        return self.delay_ms / 1000


def _choices() -> str:
    return "; ".join(f"{operation}: {', '.join(sorted(acts))}" for operation, acts in ACTS.items())


class ArmedFault:
    """A rule with its count of what it has seen and hit."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.seen = 0
        self.hits = 0
        self._random = random.Random(fault.seed)  # noqa: S311 - repeatable trouble, not secrets

    def hit(self, operation: Operation, hub: str, partition: str) -> bool:
        fault = self.fault
        if fault.operation != operation or (fault.times and self.hits >= fault.times):
            return False
        if fault.hub.lower() not in {"", hub.lower()} or fault.partition not in {"", partition}:
            return False
        self.seen += 1
        if self.seen % fault.every or self._random.random() >= fault.probability:
            return False
        self.hits += 1
        return True


class Faults:
    """The armed rules, tried in the order they were added."""

    def __init__(self) -> None:
        self._armed: list[ArmedFault] = []

    def __iter__(self) -> Iterator[ArmedFault]:
        return iter(self._armed)

    def add(self, fault: Fault) -> None:
        self._armed.append(ArmedFault(fault))

    def clear(self) -> None:
        self._armed.clear()

    def pick(self, operation: Operation, hub: str = "", partition: str = "") -> Fault | None:
        return next((one.fault for one in self._armed if one.hit(operation, hub, partition)), None)
