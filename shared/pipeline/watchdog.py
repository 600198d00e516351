"""Watches over those who move sagas on: what nobody has looked at in time is nudged, and what stays so is reported.

The timer is the one who moves them; this one is for the day on which it is switched off, fails, or cannot keep up. Its
figures are those of `Standing`, which stay as they are: here it is said which sagas they count.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.kernel.values import to_text
from shared.metrics import SAGA_NUDGED
from shared.observer import Observer
from shared.pipeline.ring import Timers
from shared.pipeline.saga_item import CONTAINER
from shared.pipeline.standing import ATTENTION_AFTER_ATTEMPTS, STUCK_AFTER
from shared.ports import Item, TroubledSagas

log = logging.getLogger("orderflow.sagas")

# Of a page for people; a minute later it looks again.
MOST: Final = 100
MOST_LINES: Final = 20

type Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Watchdog:
    timers: Timers
    sagas: TroubledSagas
    observer: Observer
    now: Callable[[], datetime]

    async def attention(self, limit: int = MOST) -> list[Row]:
        """The sagas that need a person, those first that have waited longest. Raises Transient."""
        overdue = to_text(self.now() - STUCK_AFTER)
        found = await self.sagas.troubled(CONTAINER, moment=overdue, attempts=ATTENTION_AFTER_ATTEMPTS, limit=limit)
        return sorted((_row(item, overdue) for item in found), key=lambda row: str(row["since"]))

    async def watch(self) -> int:
        """Nudge what is overdue, report what still needs a person, and say how many. Twice at once is harmless."""
        found = await self.attention()
        late = [str(row["order"]) for row in found if row["why"] == "overdue"]
        if late:
            await self.timers.moved_on(late)
            self.observer.record(SAGA_NUDGED, len(late))
            found = await self.attention()
        for row in found[:MOST_LINES]:
            log.warning(
                "saga of %s needs attention: %s in %s, %s", row["order"], row["why"], row["phase"], row["asked"]
            )
        return len(found)


def _row(item: Item, overdue: str) -> Row:
    entered, asked = _items(item, "entered"), _items(item, "asked")
    late = min(str(item.get("dueAt")), str(item.get("deadline", item.get("dueAt")))) <= overdue
    return {
        "order": item["orderId"],
        "why": "overdue" if late else "unanswered",
        "phase": entered[-1].get("phase") if entered else None,
        "since": entered[-1].get("at") if entered else None,
        "deadline": item.get("deadline"),
        "asked": [
            {name: each.get(name) for name in ("name", "attempts", "trouble", "dueAt")}
            for each in asked
            if "dueAt" in each
        ],
    }


def _items(item: Item, name: str) -> Sequence[Item]:
    """Whatever is damaged in it is left out: it is for people who look for trouble."""
    found = item.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
