"""What follows for a saga from everything that has happened, and from what a person does about it: pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared.kernel import Ask, Recorded, Saga
from shared.kernel.by_hand import Act, compensate, retry, skip
from shared.kernel.outbox import plan
from shared.pipeline.fold import pure
from shared.pipeline.saga_item import Instance


@dataclass(frozen=True, slots=True)
class Deal:
    """What a person does to a saga; `cause` names the deed."""

    act: Act
    cause: str


def following(
    saga: Saga[Any, Any],
    stream: str,
    instance: Instance,
    *,
    events: Sequence[Recorded[Any]],
    now: datetime,
    deal: Deal | None = None,
) -> tuple[Instance, tuple[Ask, ...]]:
    """The saga after all of it, and what it then wants. Raises Poison `handler_failed`; NotPossible for a deal."""
    progress, state = instance.progress, None
    with pure(f"{saga.name} of {stream}"):
        for event in events:
            state = saga.evolve(state, event.body)
            # A phase begins when it is seen: nobody is late who was switched off meanwhile.
            progress = saga.see(progress, state, replace(event, at=now))
        progress = saga.ring(progress, state, now)
        if deal and deal.act != "retry":
            acts = {"skip": skip, "compensate": compensate}
            progress = acts[deal.act](saga, progress, state, now=now, cause=deal.cause)
        wanted = saga.wanted(progress, stream, state)
        deadline = saga.due(progress, state)
    asked = plan(instance.asked, wanted, now, cause=progress.cause_since(instance.progress))
    if deal and deal.act == "retry":
        asked = retry(asked, now)
    return replace(instance, progress=progress, asked=asked, deadline=deadline), wanted
