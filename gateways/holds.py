"""What becomes of one order's hold on one product, whatever is asked of it and however late: pure.

A product without a level is not stock-managed: a hold of it takes nothing and leaves nothing behind. But a release or a
consume does leave `voided`: the level may be put in afterwards, and a hold that comes later still must not take from it
what nobody would ever give back.
"""

from dataclasses import dataclass
from typing import Final, Literal

type HoldState = Literal["held", "refused", "voided", "consumed", "short"]
type HoldVerb = Literal["hold", "release", "consume"]

HOLD_STATES: Final[tuple[HoldState, ...]] = ("held", "refused", "voided", "consumed", "short")


@dataclass(frozen=True, slots=True)
class Move:
    """`state` is None when there is still no hold. `taken` leaves the level, in pieces; below 0 it comes back."""

    state: HoldState | None
    taken: int = 0


def transition(state: HoldState | None, verb: HoldVerb, available: int | None, quantity: int) -> Move:
    """`available` is None for a product without a level; `quantity` is what the hold is, or would be, about."""
    match state, verb:
        case None, "hold":
            return Move(None) if available is None else _take(available, quantity, "held", otherwise="refused")
        case None, "release":
            return Move("voided")
        case None, "consume":
            return Move("voided") if available is None else _take(available, quantity, "consumed", otherwise="short")
        case "held", "release":
            return Move("voided", taken=-quantity)
        case "held", "consume":
            return Move("consumed")
        case _:
            return Move(state)


def is_granted(state: HoldState | None) -> bool:
    """What a hold answers: whether the order has, or had, its goods. Without a level it always has."""
    return state in {None, "held", "consumed"}


def _take(available: int, quantity: int, state: HoldState, *, otherwise: HoldState) -> Move:
    return Move(state, quantity) if available >= quantity else Move(otherwise)
