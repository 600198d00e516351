"""What comes in comes out to the cent, on its whole way: body, line, total, stored event, answer."""

import ast
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from api import answers, requests
from api.placing import lines
from orders.commands import PlaceOrder
from orders.decider import order
from orders.events import ORDER_EVENTS
from shared.kernel import Recorded
from shared.pipeline import Decision, EventCodec
from tests.programs import ROOT

# A row is kept in the shape in which it is shown, beside the exact amount.
SHOWN_ELSEWHERE = {"shared/pipeline/naming.py"}
CENT = Decimal("0.01")
CODEC: EventCodec[Any] = EventCodec(*ORDER_EVENTS)

prices = st.integers(0, 100_000_000).map(lambda minor: Decimal(minor) * CENT)
wanted = st.lists(st.tuples(prices, st.integers(1, 10_000)), min_size=1, max_size=20)


@given(wanted)
def test_what_comes_in_comes_out_to_the_cent(basket: list[tuple[Decimal, int]]) -> None:
    items = ",".join(
        f'{{"productId":"p{n}","productName":"P","quantity":{quantity},"unitPrice":{price}}}'
        for n, (price, quantity) in enumerate(basket)
    )
    body = requests.NewOrder.model_validate_json(f'{{"customerId":"c","items":[{items}]}}')

    events = order.decide(None, PlaceOrder(lines(body, "USD")))
    stored = CODEC.history([orjson.loads(orjson.dumps(CODEC.encode(recorded(event)))) for event in events])
    told = answers.order(Decision(order.fold(each.body for each in stored), stored, appended=True))
    shown = json.loads(orjson.dumps(told), parse_float=Decimal, parse_int=Decimal)

    assert [line["unitPrice"] for line in shown["items"]] == [price for price, _ in basket]
    assert shown["total"] == sum(price * quantity for price, quantity in basket)


def recorded(event: Any) -> Recorded[Any]:  # noqa: ANN401 - any event
    return Recorded(event, "o", "c", 1, datetime(2026, 1, 31, tzinfo=UTC), "cause", "conversation")


def test_no_amount_is_a_float_before_it_is_shown() -> None:
    """Only a door divides by a hundred, and nobody multiplies or adds what came of it."""
    dividing = {
        path.relative_to(ROOT).as_posix()
        for room in ("api", "gateways", "orders", "projections", "sagas", "shared/kernel", "shared/pipeline")
        for path in sorted((ROOT / room).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and ast.unparse(node.right) == "100"
    }

    assert {path for path in dividing if not path.startswith("api/")} == SHOWN_ELSEWHERE
    for path in sorted(dividing):
        for node in ast.walk(ast.parse((ROOT / path).read_text())):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mult | ast.Sub):
                assert "/ 100" not in ast.unparse(node), f"{path}:{node.lineno}"
