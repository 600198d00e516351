"""A simulated provider's book: one item per order, final once it says that something was done, refused or closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gateways.acts import ACT_STATES, ActState, ActVerb, transition
from gateways.again import decided
from shared.ports import BucketStore, Item, Stored, Write

SCHEMA_VERSION: Final = 1

_STATES: Final = {str(state): state for state in ACT_STATES}


@dataclass(frozen=True, slots=True)
class Entry:
    """`facts` are what the provider was asked for when it first acted; empty when it never did."""

    state: ActState
    facts: Item


@dataclass(frozen=True, slots=True)
class Book:
    """`kind` is the item's type, and in small letters its id; `asks` names what each verb is asked for as."""

    container: str
    kind: str
    store: BucketStore
    asks: Mapping[ActVerb, str]

    async def look(self, order_id: str) -> Entry | None:
        return _entry(await self._read(order_id))

    async def settle(self, order_id: str, verb: ActVerb, *, accepts: bool = True, facts: Item | None = None) -> Entry:
        """The entry after `verb`; `facts` are kept only by the first act. Raises Transient when the store is away."""

        async def attempt() -> Entry:
            stored = await self._read(order_id)
            found = _entry(stored)
            state = transition(found.state if found else None, verb, accepts=accepts)
            if found and found.state == state:
                return found
            entry = Entry(state, found.facts if found else facts or {})
            item = self._item(order_id, entry) | {"by": self.asks[verb]}
            write = Write(item, stored.etag if stored else None)
            await self.store.commit(self.container, order_id, [write])
            return entry

        return await decided(attempt, f"{self.container} {order_id}")

    async def _read(self, order_id: str) -> Stored | None:
        name = self.kind.lower()
        return (await self.store.read(self.container, order_id, [name])).get(name)

    def _item(self, order_id: str, entry: Entry) -> dict[str, object]:
        stamp = {"id": self.kind.lower(), "orderId": order_id, "type": self.kind, "schemaVersion": SCHEMA_VERSION}
        return {**stamp, "state": entry.state, "facts": dict(entry.facts)}


def _entry(stored: Stored | None) -> Entry | None:
    if stored is None:
        return None
    facts = stored.item["facts"]
    return Entry(_STATES[str(stored.item["state"])], facts if isinstance(facts, dict) else {})
