"""What becomes of one act of a provider (a charge, a parcel), whatever it is asked and however late: pure.

An act that was done may be undone, and what was never done can be closed for ever; everything else stays as it is.
"""

from typing import Final, Literal

type ActState = Literal["done", "refused", "voided", "undone"]
type ActVerb = Literal["act", "close", "undo"]

ACT_STATES: Final[tuple[ActState, ...]] = ("done", "refused", "voided", "undone")


def transition(state: ActState | None, verb: ActVerb, *, accepts: bool = True) -> ActState:
    """The state afterwards; None is an act that the provider has never heard of.

    `accepts` is the provider's own will, asked only the first time it is to act; a refusal is as final as the rest.
    """
    if state is None:
        return "voided" if verb != "act" else "done" if accepts else "refused"
    return "undone" if (state, verb) == ("done", "undo") else state
