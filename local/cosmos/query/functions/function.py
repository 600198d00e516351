"""A built-in function: its name, how many arguments it takes, and what it makes of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from local.cosmos.query.values import UNDEFINED, is_number, number

# The arguments of one function are told apart by the function itself, by their JSON types.
type Apply = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Function:
    """`apply` gets the values of the arguments.

    Unless `sees_undefined`, an undefined argument makes the result undefined without `apply` being asked. With
    `needs_now`, there are no arguments and `apply` gets the time of the query.
    """

    name: str
    least: int
    most: int | None
    apply: Apply
    sees_undefined: bool = False
    needs_now: bool = False

    def arity(self) -> str:
        """The number of arguments in the words of the Azure side's SC2050."""
        if self.most is None:
            return f"at least {self.least}"
        return str(self.least) if self.least == self.most else f"{self.least} to {self.most}"


def of_string(name: str, compute: Callable[[str], object]) -> Function:
    """One string in; undefined for anything else."""
    return Function(name, 1, 1, lambda value: compute(value) if isinstance(value, str) else UNDEFINED)


def of_number(name: str, compute: Callable[[float], float]) -> Function:
    """One number in, one out; undefined for anything else, and where the result is no finite number."""
    return Function(name, 1, 1, lambda value: finite(compute, value))


def of_numbers(name: str, compute: Callable[[float, float], float]) -> Function:
    """Two numbers in, one out; undefined like `of_number`."""
    return Function(name, 2, 2, lambda left, right: finite(compute, left, right))


def of_time(name: str, compute: Callable[[datetime], object]) -> Function:
    """No argument: the time at which the query runs."""
    return Function(name, 0, 0, compute, needs_now=True)


def finite(compute: Callable[..., float], *arguments: object) -> object:
    """The result over numbers as JSON can hold it; undefined otherwise."""
    if not all(map(is_number, arguments)):
        return UNDEFINED
    try:
        result = compute(*arguments)
        return number(result) if result - result == 0 else UNDEFINED
    except (ValueError, ArithmeticError):
        return UNDEFINED
