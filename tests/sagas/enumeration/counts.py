"""Counts the states of every scenario: `.venv/bin/python -m tests.sagas.enumeration.counts` prints docs' table."""

import sys
from typing import Final

from tests.sagas.enumeration.moments import OPERATORS, USERS, Scenario
from tests.sagas.enumeration.rulebook import REAL
from tests.sagas.enumeration.walk import walk

SMALL: Final = (
    Scenario(),
    Scenario(carrier=True),
    Scenario(users=USERS),
    Scenario(lines=2, users=("cancel", "ship")),
    Scenario(is_managed=False, users=("cancel",)),
    Scenario(users=USERS, carrier=True),
    Scenario(users=OPERATORS),
)
LARGE: Final = (
    Scenario(is_managed=False, users=USERS, carrier=True),
    Scenario(lines=2, users=USERS, carrier=True),
    Scenario(lines=2, is_managed=False, users=("cancel", "ship")),
    Scenario(lines=3, users=USERS),
    Scenario(users=("cancel", "ship", *OPERATORS)),
    Scenario(lines=2, users=OPERATORS),
    Scenario(is_managed=False, users=OPERATORS),
)
# More than any of them has.
LIMIT: Final = 2_000_000


def row(scenario: Scenario, states: int) -> str:
    return f"| {scenario} | {states:,} |"


if __name__ == "__main__":
    for scenario in (*SMALL, *LARGE):
        found = walk(REAL, scenario, limit=LIMIT)
        if found.wrong:
            raise SystemExit(f"{scenario}: {found.wrong}\n" + "\n".join(found.story))
        sys.stdout.write(f"{row(scenario, found.states)}\n")
        sys.stdout.flush()
