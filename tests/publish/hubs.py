"""A hub in memory: it takes everything, or what it is told to take, or is not there."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from orders.publication import ORDER_PUBLICATION
from shared.kernel import Poison, Transient
from shared.pipeline import CloudEvents, Forward, Publish
from shared.ports import Taken

PUBLISHING = Forward("publish_orders")
EVENTS = CloudEvents(ORDER_PUBLICATION)

type Presence = Literal["there", "refuses", "hangs"]


@dataclass
class FakeHub:
    """`taken` are messages with their keys, as they came; `refuses` says which it never takes."""

    presence: Presence = "there"
    refuses: Callable[[dict[str, Any]], bool] = lambda _: False
    taken: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    parcels: int = 0

    async def send(self, key: str, messages: Sequence[bytes]) -> Taken:
        self.parcels += 1
        match self.presence:
            case "refuses":
                raise Transient("connection refused")
            case "hangs":
                await asyncio.get_running_loop().create_future()
            case "there":
                await asyncio.sleep(0)
        for count, message in enumerate(messages):
            event = json.loads(message)
            if self.refuses(event):
                return Taken(count, Poison("too_large", "fits into no batch"))
            self.taken.append((key, event))
        return Taken(len(messages))

    @property
    def ids(self) -> list[str]:
        """Without what came again."""
        return list(dict.fromkeys(str(event["id"]) for _, event in self.taken))

    def of(self, stream: str) -> list[str]:
        return [each for each in self.ids if each.startswith(f"{stream}:")]


def outlets(hub: FakeHub) -> dict[str, Publish]:
    return {PUBLISHING.name: Publish(EVENTS, hub)}
