"""The table: which role reaches how far on which route. What stands here is tested route by route and role by role."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from api.access.caller import Caller, Forbidden, Role
from orders.events import Status

type Reach = Literal["none", "own", "all"]

# The platform gives up on an answer after 230 s ("Function app timeout duration").
SOON: Final = timedelta(seconds=30)
LONG: Final = timedelta(seconds=200)


@dataclass(frozen=True, slots=True)
class Rule:
    """How far each role reaches on one route; `is_open` to whoever comes; its answer is there `within` that time."""

    customer: Reach = "none"
    fulfilment: Reach = "none"
    operator: Reach = "all"
    is_open: bool = False
    within: timedelta = SOON

    def of(self, role: Role) -> Reach:
        match role:
            case "customer":
                return self.customer
            case "fulfilment":
                return self.fulfilment
            case "operator":
                return self.operator

    def reach(self, caller: Caller) -> Reach:
        """The farthest of his roles. Raises Forbidden when it is nowhere."""
        found = {self.of(role) for role in caller.roles}
        if "all" in found:
            return "all"
        # Whose orders bear no name has none.
        if "own" in found and caller.customer_id:
            return "own"
        raise Forbidden("none of your roles may do this")


OPEN: Final = Rule(customer="all", fulfilment="all", is_open=True)
# Also every route that nobody has thought of here, and so all of /api/ops.
OPERATOR_ONLY: Final = Rule(within=LONG)

RULES: Final[Mapping[str, Rule]] = {
    "place_order": Rule(customer="own"),
    "place_orders": Rule(customer="own"),
    "get_order": Rule(customer="own", fulfilment="all"),
    "get_history": Rule(customer="own", fulfilment="all"),
    "get_why": Rule(fulfilment="all"),
    "move_order": Rule(customer="own", fulfilment="all"),
    "delete_order": Rule(customer="own"),
    "list_orders": Rule(fulfilment="all"),
    "list_customer_orders": Rule(customer="own", fulfilment="all"),
    "sum_up_customer_orders": Rule(customer="own"),
    "get_saga": Rule(fulfilment="all"),
    "get_daily_sales": Rule(),
    "get_product_sales": Rule(),
    "get_feeds": Rule(),
    "get_live": OPEN,
    "get_ready": OPEN,
    "get_health": OPEN,
    "get_problems": OPEN,
    "get_openapi": OPEN,
    "get_docs": OPEN,
}

# A customer may change his mind; what has left and arrived is for others to say.
MOVES: Final[Mapping[Reach, frozenset[Status]]] = {
    "none": frozenset(),
    "own": frozenset({"cancelled"}),
    "all": frozenset({"pending", "shipped", "delivered", "cancelled"}),
}


def rule_of(function: str) -> Rule:
    return RULES.get(function, OPERATOR_ONLY)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks in this request, and how far that reaches; `account` is whose allowance it is taken from."""

    caller: Caller
    reach: Reach
    account: str = ""

    def may_see(self, customer_id: str) -> bool:
        return self.reach == "all" or (self.reach == "own" and customer_id == self.caller.customer_id)

    def insist_on(self, customer_id: str) -> None:
        """Raises Forbidden for another customer, whether or not there is such a one."""
        if not self.may_see(customer_id):
            raise Forbidden("a customer reaches only what is his own")

    def insist_on_move(self, to: Status) -> None:
        """Raises Forbidden for a status that is for others to set."""
        if to not in MOVES[self.reach]:
            raise Forbidden(f"a customer may set {' or '.join(sorted(MOVES[self.reach]))}, and nothing else")


ANYONE: Final = Asking(Caller("", frozenset()), "all")
