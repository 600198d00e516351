"""The providers' books without one cell of their table, and the saga begun or read otherwise."""

from typing import Final

from gateways.acts import ActState, ActVerb
from gateways.holds import Move
from orders.events import Answer, PaymentDeclined
from tests.sagas.enumeration.left_out import CANCELLED, LATE_LEVEL, SHIPPED, TWO, Covered, LeftOut
from tests.sagas.enumeration.rulebook import Rules, paid
from tests.sagas.enumeration.without import acting, forgetting, holding, storing


def _undone_once(verb: ActVerb, state: ActState) -> Answer:
    """Only its close still knows of what was given back."""
    return PaymentDeclined("") if (verb, state) == ("undo", "undone") else paid(verb, state)


STOCK: Final = (
    LeftOut("stock: one refused line is a refusal", holding({}, grants=lambda _: True), TWO),
    LeftOut("stock: release of what is absent closes it", holding({(None, "release"): Move(None)}), CANCELLED),
    LeftOut("stock: release gives back what is held", holding({("held", "release"): Move("held")}), CANCELLED),
    LeftOut("stock: released is released", holding({("voided", "hold"): Move("held", 1)}), CANCELLED),
    LeftOut("stock: the level gets back what is released", holding({("held", "release"): Move("voided")}), CANCELLED),
    LeftOut("stock: consume takes what was not held", holding({(None, "consume"): Move(None)}), SHIPPED),
    LeftOut("stock: consume ends a hold", holding({("held", "consume"): Move("held")})),
    LeftOut("stock: consumed is consumed", holding({("consumed", "hold"): Move("held")}), SHIPPED),
    LeftOut("stock: consumed is taken once", holding({("consumed", "consume"): Move("consumed", 1)}), SHIPPED),
    LeftOut("stock: short is written down", storing("short"), SHIPPED),
    LeftOut("stock, no level: release closes it", holding({(None, "release"): Move(None)}), LATE_LEVEL),
    LeftOut("stock, no level: consume closes it", holding({(None, "consume"): Move(None)}), LATE_LEVEL),
)  # fmt: skip

PAYMENTS: Final = (
    LeftOut("payment: a declined capture is written down", Rules(payments=forgetting("refused"))),
    LeftOut("payment: undo of what is absent closes it", Rules(payments=forgetting("voided")), CANCELLED),
    LeftOut("payment: undo gives back", Rules(payments=acting({("done", "undo"): "done"})), CANCELLED),
    LeftOut("payment: undone is undone", Rules(payments=acting({("undone", "act"): "done"})), CANCELLED),
    LeftOut("payment: voided is voided", Rules(payments=acting({("voided", "act"): "done"})), CANCELLED),
    LeftOut("payment: declined is declined", Rules(payments=acting({("refused", "act"): "done"}))),
    LeftOut("payment: close keeps what was captured", Rules(payments=acting({("done", "close"): "undone"})), SHIPPED),
    LeftOut("payment: close of what is absent closes it", Rules(payments=forgetting("voided")), SHIPPED),
    LeftOut("payment: a repeated undo says the same", Rules(paid=_undone_once), CANCELLED),
)  # fmt: skip

SHIPMENTS: Final = (
    LeftOut("parcel: a refused booking is written down", Rules(carrier=forgetting("refused"))),
    LeftOut("parcel: close of what is absent closes it", Rules(carrier=forgetting("voided"))),
    LeftOut("parcel: close keeps a parcel", Rules(carrier=acting({("done", "close"): "voided"}))),
    LeftOut("parcel: closed is closed", Rules(carrier=acting({("voided", "act"): "done"}))),
    LeftOut("parcel: refused is refused", Rules(carrier=acting({("refused", "act"): "done"}))),
)  # fmt: skip

READING: Final = (LeftOut("whoever comes reads the stream", Rules(whoever_comes_reads=False), CANCELLED),)

LEFT_OUT: Final = (*STOCK, *PAYMENTS, *SHIPMENTS, *READING)

COVERED: Final = (
    Covered("stock: a refused hold is written down", storing("refused"), "what was refused is released anyway", TWO),
    Covered("begun only on what is pending", Rules(opens=lambda _: True), "what has ended owes only what is true of it",
            CANCELLED),
)  # fmt: skip
