"""The table of who may do what: complete, and as the documentation shows it."""

import json
import re
from typing import Any

import pytest

from api.access import MOVES, RULES, Asking, Caller, Forbidden, Role, Rule, rule_of
from api.access.caller import ANYBODY, ROLES
from tests.programs import ROOT

FUNCTIONS: list[dict[str, Any]] = json.loads((ROOT / "tests/e2e/functions.json").read_text())
ROUTES = {
    function["name"]: binding["route"]
    for function in FUNCTIONS
    for binding in function["bindings"]
    if binding["type"] == "httpTrigger"
}
MINE, HIS = "c-mine", "c-his"


def caller(*roles: Role) -> Caller:
    return Caller("somebody", frozenset(roles), customer_id=MINE if "customer" in roles else "")


def test_every_route_has_its_rule_and_every_rule_its_route() -> None:
    assert {name for name, route in ROUTES.items() if not route.startswith("api/ops")} == set(RULES)


def test_what_is_for_operations_is_for_operators_alone() -> None:
    for rule in (rule_of(name) for name, route in ROUTES.items() if route.startswith("api/ops")):
        assert {role: rule.of(role) for role in ROLES} == {"customer": "none", "fulfilment": "none", "operator": "all"}
        assert not rule.is_open


def test_a_route_that_nobody_thought_of_is_for_operators_alone() -> None:
    assert [rule_of("just_written").of(role) for role in ("customer", "fulfilment", "operator")] == [
        "none",
        "none",
        "all",
    ]


def test_what_is_open_tells_of_no_order() -> None:
    opened = {ROUTES[name] for name, rule in RULES.items() if rule.is_open}

    assert {route for route in opened if "order" in route or "customer" in route} == set()


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_more_roles_never_reach_less_far_and_none_reach_nowhere(rule: Rule) -> None:
    assert rule.reach(ANYBODY) == "all"
    assert rule.reach(caller("operator", "customer")) == "all"
    if not rule.is_open:
        with pytest.raises(Forbidden):
            rule.reach(caller())


def test_a_customer_without_a_name_has_nothing_of_his_own() -> None:
    with pytest.raises(Forbidden):
        rule_of("get_order").reach(Caller("somebody", frozenset({"customer"}), customer_id=""))


def test_a_customer_sees_what_is_his_and_nothing_else() -> None:
    asking = Asking(caller("customer"), "own")

    assert [asking.may_see(each) for each in (MINE, HIS, "", MINE.upper(), f"{MINE} ")] == [True, *[False] * 4]
    with pytest.raises(Forbidden):
        asking.insist_on(HIS)


def test_a_customer_may_cancel_and_set_no_other_status() -> None:
    asking = Asking(caller("customer"), "own")

    asking.insist_on_move("cancelled")
    for status in MOVES["all"] - {"cancelled"}:
        with pytest.raises(Forbidden):
            asking.insist_on_move(status)


def test_the_table_of_the_documentation_is_the_table_of_the_code() -> None:
    shown = re.findall(
        r"^\| `(\w+)` \| [^|]* \| (\w+) \| (\w+) \| (\w+) \|", (ROOT / "docs/api.md").read_text(), re.MULTILINE
    )
    words = {"none": "no", "own": "own", "all": "yes"}

    expected = {
        (name, *("open",) * 3)
        if rule.is_open
        else (name, words[rule.customer], words[rule.fulfilment], words[rule.operator])
        for name, rule in RULES.items()
    }
    assert set(shown) == expected
