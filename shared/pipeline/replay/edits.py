"""What may be mended: the first event that cannot be read, a message while it waits. Pure: an edit, or why not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.kernel import Poison, Refused, Unreadable
from shared.pipeline.codec import EventCodec, Received, readable
from shared.pipeline.consumers import Consumer
from shared.pipeline.receive import Letter
from shared.pipeline.replay.changes import bare
from shared.ports import Item

# Whose it is and where it stands, which an edit never changes.
IDENTITY: Final = ("id", "orderId", "customerId", "sequence", "partition")

# Raises Poison when these items are no history.
type Check = Callable[[Sequence[Item]], object]


class NotEditable(Refused):
    """It is history, or the edit does not make it pass."""

    code = "not_editable"


@dataclass(frozen=True, slots=True)
class Edit:
    """The item as it was, and as it will be."""

    before: Item
    after: Item


def of_event(items: Sequence[Item], at: int, new: Item, *, codec: EventCodec[Any], check: Check) -> Edit:
    """Raises NotEditable. `items` is the whole stream; what stands behind the event may need an edit of its own."""
    place = next((place for place, item in enumerate(items) if item["sequence"] == at), None)
    if place is None:
        raise NotEditable(f"the stream has no event {at}")
    found, before = items[place], items[:place]
    # What can be read has gone in everywhere: changed now, every view would differ from the stream for ever.
    if _passes(check, [*before, found]):
        raise NotEditable(f"event {at} can be read, so it is history; if a consumer stumbles, mend its code")
    edited = _merged(found, new)
    try:
        whole = codec.encode(readable(codec.decode(edited)))
        check([*before, whole])
    except Poison as poison:
        raise NotEditable(f"it would not pass: {poison}") from poison
    return Edit(bare(found), whole)


def of_message(found: Item, new: Item, stream: str, *, consumer: Consumer, codec: EventCodec[Any]) -> Edit:
    """Raises NotEditable. Of one that waits in the lane of `stream`."""
    edited = _merged(found, new)
    event = _decoded(consumer, edited, codec)
    if event.stream != stream:
        raise NotEditable(f"it would belong to {event.stream}, whose lane is another")
    return Edit(bare(found), edited)


def of_raw(found: Item, new: Item, *, consumer: Consumer, codec: EventCodec[Any]) -> Edit:
    """Raises NotEditable. Of a record whose key nobody could read; now somebody can."""
    edited = _changed(found, new)
    _decoded(consumer, edited, codec)
    return Edit(bare(found), edited)


def _merged(found: Item, new: Item) -> Item:
    for name in IDENTITY:
        if name in new and new[name] != found.get(name):
            raise NotEditable(f"{name} says whose it is, and stays {found.get(name)!r}")
    return _changed(found, new)


def _changed(found: Item, new: Item) -> Item:
    edited = {**bare(found), **new}
    if edited == bare(found):
        raise NotEditable("nothing would be different")
    return edited


def _decoded(consumer: Consumer, item: Item, codec: EventCodec[Any]) -> Received[Any]:
    """Raises NotEditable when it could still not be read, be it an event or what a message asks for."""
    try:
        event = readable(consumer.decode(item, codec))
    except Poison as poison:
        raise NotEditable(f"it would not pass: {poison}") from poison
    if isinstance(event.body, Letter) and isinstance(event.body.message.command, Unreadable):
        raise NotEditable("it would still not be readable")
    return event


def _passes(check: Check, items: Sequence[Item]) -> bool:
    try:
        check(items)
    except Poison:
        return False
    return True
