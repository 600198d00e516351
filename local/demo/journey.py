"""What happens to a basket after it was ordered: a fixed rule, so that every run sees the same mixture."""

from dataclasses import dataclass
from typing import Final

# By last digit: five of ten stay pending, two are shipped, one each is delivered, cancelled and deleted.
_MOVES: Final = {0: ("shipped",), 1: ("shipped",), 2: ("shipped", "delivered"), 3: ("cancelled",)}
_DELETED: Final = 4
_ASKED_TWICE: Final = 7


@dataclass(frozen=True, slots=True)
class Journey:
    """`is_asked_twice`: the client behaves as one that lost the first answer, with the same Idempotency-Key."""

    moves: tuple[str, ...]
    is_deleted: bool
    is_asked_twice: bool

    @property
    def last_status(self) -> str:
        return self.moves[-1] if self.moves else "pending"

    @property
    def steps(self) -> int:
        """How many events a store that loses and doubles nothing holds in the end."""
        return 1 + len(self.moves) + self.is_deleted


def journey_of(basket_id: int) -> Journey:
    digit = basket_id % 10
    return Journey(_MOVES.get(digit, ()), is_deleted=digit == _DELETED, is_asked_twice=digit == _ASKED_TWICE)
