"""The providers' books without one cell of their table, and the saga begun or read otherwise."""

from dataclasses import replace
from typing import Final

from gateways.acts import ActState, ActVerb
from gateways.holds import Move
from orders.events import Answer, PaymentDeclined
from tests.sagas.enumeration.left_out import ALONE, CANCELLED, CARRIED, LATE_LEVEL, SHIPPED, TWO, LeftOut
from tests.sagas.enumeration.moments import Scenario
from tests.sagas.enumeration.rulebook import Provider, Rules, paid
from tests.sagas.enumeration.without import acting, forgetting, holding, storing


def _undone_once(verb: ActVerb, state: ActState) -> Answer:
    """Only its close still knows of what was given back."""
    return PaymentDeclined("") if (verb, state) == ("undo", "undone") else paid(verb, state)


STOCK: Final = (
    LeftOut("a refused hold is written down", storing("refused"), TWO),
    LeftOut("one refused line is a refusal", holding({}, grants=lambda _: True), TWO),
    LeftOut("release of what is absent closes it", holding({(None, "release"): Move(None)}), CANCELLED),
    LeftOut("release gives back what is held", holding({("held", "release"): Move("held")}), CANCELLED),
    LeftOut("released is released", holding({("voided", "hold"): Move("held", 1)}), CANCELLED),
    LeftOut("the level gets back what is released", holding({("held", "release"): Move("voided")}), CANCELLED),
    LeftOut("consume takes what was not held", holding({(None, "consume"): Move(None)}), SHIPPED),
    LeftOut("consume ends a hold", holding({("held", "consume"): Move("held")})),
    LeftOut("consumed is consumed", holding({("consumed", "hold"): Move("held")}), SHIPPED),
    LeftOut("consumed is taken once", holding({("consumed", "consume"): Move("consumed", 1)}), SHIPPED),
    LeftOut("short is written down", storing("short"), SHIPPED),
    LeftOut("without a level: release closes it", holding({(None, "release"): Move(None)}), LATE_LEVEL),
    LeftOut("without a level: consume closes it", holding({(None, "consume"): Move(None)}), LATE_LEVEL),
)  # fmt: skip

PAYMENTS: Final = (
    LeftOut("a declined capture is written down", forgetting("payments", "refused")),
    LeftOut("undo of what is absent closes it", forgetting("payments", "voided"), CANCELLED),
    LeftOut("undo gives back", acting("payments", {("done", "undo"): "done"}), CANCELLED),
    LeftOut("undone is undone", acting("payments", {("undone", "act"): "done"}), CANCELLED),
    LeftOut("voided is voided", acting("payments", {("voided", "act"): "done"}), CANCELLED),
    LeftOut("declined is declined", acting("payments", {("refused", "act"): "done"})),
    LeftOut("close keeps what was captured", acting("payments", {("done", "close"): "undone"}), SHIPPED),
    LeftOut("close of what is absent closes it", forgetting("payments", "voided"), SHIPPED),
    LeftOut("a repeated undo says the same", Rules(paid=_undone_once), CANCELLED),
)  # fmt: skip

SHIPMENTS: Final = (
    LeftOut("a refused booking is written down", forgetting("carrier", "refused")),
    LeftOut("close of what is absent closes it", forgetting("carrier", "voided")),
    LeftOut("close keeps a parcel", acting("carrier", {("done", "close"): "voided"})),
    LeftOut("closed is closed", acting("carrier", {("voided", "act"): "done"})),
    LeftOut("refused is refused", acting("carrier", {("refused", "act"): "done"})),
)  # fmt: skip

READING: Final = (LeftOut("whoever comes reads the stream", Rules(whoever_comes_reads=False), CANCELLED),)

LEFT_OUT: Final = (*STOCK, *PAYMENTS, *SHIPMENTS, *READING)

COVERED: Final = (
    LeftOut("begun only on what is pending", Rules(opens=lambda _: True), Scenario(users=("cancel", "ship"))),
)  # fmt: skip
