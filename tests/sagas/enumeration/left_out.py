"""A rule left out, and the scenario in which that shows."""

from dataclasses import dataclass, field
from typing import Final

from tests.sagas.enumeration.moments import Scenario
from tests.sagas.enumeration.rulebook import Rules

ALONE: Final = Scenario()
TWO: Final = Scenario(lines=2)
LATE_LEVEL: Final = Scenario(is_managed=False)
CANCELLED: Final = Scenario(users=("cancel",))
DELETED: Final = Scenario(users=("delete",))
SHIPPED: Final = Scenario(users=("ship",))
CARRIED: Final = Scenario(carrier=True)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A sentence that does not hold under these rules."""

    rule: str
    rules: Rules
    scenario: Scenario = field(default=ALONE)


@dataclass(frozen=True, slots=True)
class Covered:
    """A sentence that could go without harm, `because` of another; it stays for what it saves, or for its plainness."""

    rule: str
    rules: Rules
    because: str
    scenario: Scenario = field(default=ALONE)
