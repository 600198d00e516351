"""Messages grouped by partition of the hub: those of many keys travel in one batch, and one batch at a time.

What decides the order of a key is here and knows no SDK: while the fate of a message is open, or once it has failed,
nothing behind it in its parcel leaves.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shared.eventhubs.partition_key import partition_of
from shared.kernel import Failure, Poison, Transient
from shared.ports import Taken


class Batch(Protocol):
    """As much as one message of the protocol holds."""

    def add(self, key: str, message: bytes) -> bool:
        """Whether there was room for it."""
        ...

    def __len__(self) -> int: ...


class Link[B: Batch](Protocol):
    """The way into a hub. Every call may raise Transient."""

    async def partitions(self) -> int: ...

    async def new_batch(self, partition: int) -> B: ...

    async def send(self, batch: B) -> None:
        """All of it or nothing arrives. Raises Poison `too_large` when the hub does not take so much at once."""
        ...


@dataclass(eq=False, slots=True)
class Parcel:
    """Messages of one key; `gone` of them are safe, and the rest leaves unless there is `trouble`."""

    key: str
    messages: Sequence[bytes]
    gone: int = 0
    trouble: Failure | None = None

    @property
    def is_done(self) -> bool:
        return self.trouble is not None or self.gone == len(self.messages)


@dataclass(slots=True)
class Queue[B: Batch]:
    """The parcels for one partition. Whoever has the turn sends for all who wait, so nothing runs on its own."""

    link: Link[B]
    partition: int
    waiting: deque[Parcel] = field(default_factory=deque)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    # A batch of one, after the hub has refused a larger one that its link had allowed.
    is_narrow: bool = False

    async def deliver(self, parcel: Parcel) -> None:
        """Returns when it is done. Raises what went wrong, if it was not this parcel's own Poison."""
        self.waiting.append(parcel)
        try:
            async with self.turn:
                # Who is ready to come along does so.
                await asyncio.sleep(0)
                while not parcel.is_done:
                    await self._one_batch()
        finally:
            # Cancelled before its turn: nobody is left to hear what became of it.
            if parcel in self.waiting:
                self.waiting.remove(parcel)

    async def _one_batch(self) -> None:
        try:
            batch = await self.link.new_batch(self.partition)
            loaded = self._loaded(batch)
            if loaded:
                await self._sent(batch, loaded)
        except Exception as trouble:
            self._fail(trouble if isinstance(trouble, Failure) else Transient("the hub could not be asked"))
            if not isinstance(trouble, Failure):
                raise
        except BaseException:
            # Cut off: what was on its way may have arrived, and those who wait for it have to ask again.
            self._fail(Transient("a batch was cut off on its way"))
            raise
        self._let_go()

    def _loaded(self, batch: B) -> list[tuple[Parcel, int]]:
        """What went into the batch, in the order of arrival, until it is full."""
        loaded: list[tuple[Parcel, int]] = []
        for parcel in self.waiting:
            count = 0
            for message in parcel.messages[parcel.gone :]:
                if (self.is_narrow and len(batch)) or not batch.add(parcel.key, message):
                    break
                count += 1
            if count:
                loaded.append((parcel, count))
            if parcel.gone + count < len(parcel.messages):
                if len(batch):
                    return loaded
                parcel.trouble = _too_large(len(parcel.messages[parcel.gone]))
        return loaded

    async def _sent(self, batch: B, loaded: Sequence[tuple[Parcel, int]]) -> None:
        try:
            await self.link.send(batch)
        except Poison as refusal:
            if len(batch) == 1:
                loaded[0][0].trouble = refusal
            self.is_narrow = len(batch) > 1
            return
        self.is_narrow = False
        for parcel, count in loaded:
            parcel.gone += count

    def _fail(self, trouble: Failure) -> None:
        """All who wait, not only those who were on their way: the next attempt would meet the same."""
        for parcel in self.waiting:
            parcel.trouble = parcel.trouble or trouble
        self._let_go()

    def _let_go(self) -> None:
        for parcel in [each for each in self.waiting if each.is_done]:
            self.waiting.remove(parcel)


class Sender[B: Batch]:
    """A Hub over a link."""

    def __init__(self, link: Link[B]) -> None:
        self._link = link
        self._queues: dict[int, Queue[B]] = {}

    async def send(self, key: str, messages: Sequence[bytes]) -> Taken:
        partition = partition_of(key, await self._link.partitions())
        queue = self._queues.setdefault(partition, Queue(self._link, partition))
        parcel = Parcel(key, messages)
        await queue.deliver(parcel)
        match parcel.trouble:
            case None:
                return Taken(parcel.gone)
            case Poison() as poison:
                return Taken(parcel.gone, poison)
            case trouble:
                raise trouble


def _too_large(size: int) -> Poison:
    return Poison("too_large", f"a message of {size} bytes fits into no batch of the hub")
