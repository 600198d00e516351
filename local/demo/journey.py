"""What happens to a basket after it was ordered: a fixed rule, so that every run asks for the same mixture."""

from dataclasses import dataclass
from typing import Final

# By last digit: five of ten are left alone, two are shipped, one each is delivered, cancelled and deleted. All of it at
# once, so that a person and the saga reach for the same order.
_MOVES: Final = {0: ("shipped",), 1: ("shipped",), 2: ("shipped", "delivered"), 3: ("cancelled",)}
_DELETED: Final = 4
_ASKED_TWICE: Final = 7

PAYS: Final = "tok_ok"
# By the last digit but one, a tenth is paid with trouble; the digit before that says with which.
_IN_TROUBLE: Final = 7
TROUBLE: Final = (
    "tok_declined",
    "tok_timeout_not_charged",
    "tok_timeout_charged",
    "tok_late",
    "tok_duplicate_answer",
    "tok_slow",
)


@dataclass(frozen=True, slots=True)
class Journey:
    """`is_asked_twice`: the client behaves as one that lost the first answer, with the same Idempotency-Key."""

    moves: tuple[str, ...] = ()
    is_deleted: bool = False
    is_asked_twice: bool = False
    token: str = PAYS


# Nobody interferes, and the provider answers at once: what is measured is the app.
QUIET: Final = Journey()


def journey_of(basket_id: int) -> Journey:
    digit, rest = basket_id % 10, basket_id // 10
    token = TROUBLE[rest // 10 % len(TROUBLE)] if rest % 10 == _IN_TROUBLE else PAYS
    moves = _MOVES.get(digit, ())
    return Journey(moves, is_deleted=digit == _DELETED, is_asked_twice=digit == _ASKED_TWICE, token=token)
