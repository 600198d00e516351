"""Who may do what: who asks, what that may reach, and how often. The rules are one table in `rules`.

A handler asks `asking()`; everything else happened before it began.
"""

from api.access.admission import admitted, asking, spend
from api.access.caller import Caller, Forbidden, Role, Unauthenticated
from api.access.rules import MOVES, RULES, Asking, Reach, Rule, rule_of
from api.access.settings import AccessSettings

__all__ = [
    "MOVES",
    "RULES",
    "AccessSettings",
    "Asking",
    "Caller",
    "Forbidden",
    "Reach",
    "Role",
    "Rule",
    "Unauthenticated",
    "admitted",
    "asking",
    "rule_of",
    "spend",
]
