"""Who reads a partition in a consumer group, and who must give way: owner levels, which AMQP calls epochs."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final, Protocol

from local.eventhubs.errors import STOLEN, AmqpError

# Documentation, "Event Hubs quotas and limits": non-epoch receivers per consumer group and partition.
MOST_READERS: Final = 5


@dataclass(frozen=True, slots=True)
class Seat:
    """A place that readers share, or that one with an owner level has for itself."""

    hub: str
    group: str
    partition: str


class Reader(Protocol):
    """`epoch` None reads beside others."""

    @property
    def epoch(self) -> int | None: ...

    def steal(self, error: AmqpError) -> None:
        """Ends it because somebody else has come."""


class Readers:
    """All readers of a namespace by their seats."""

    def __init__(self) -> None:
        self._seated: defaultdict[Seat, list[Reader]] = defaultdict(list)

    def admit(self, seat: Seat, epoch: int | None) -> None:
        """Makes room for a reader of that owner level. Raises AmqpError when it has to stay out.

        The texts are those of the service (Azure/azure-event-hubs-dotnet#317, Azure/azure-sdk-for-js#25940).
        """
        seated = tuple(self._seated[seat])
        highest = max((one.epoch for one in seated if one.epoch is not None), default=None)
        if highest is not None and (epoch is None or epoch < highest):
            raise AmqpError(
                STOLEN,
                f"A receiver with a higher epoch '{highest}' already exists. A new receiver with epoch "
                f"{_shown(epoch)} cannot be created. Make sure you are creating receiver with increasing epoch value "
                "to ensure connectivity, or ensure all old epoch receivers are closed or disconnected.",
            )
        if epoch is None and len(seated) >= MOST_READERS:
            raise AmqpError(
                "amqp:resource-limit-exceeded",
                "Exceeded the maximum number of allowed receivers per partition in a consumer group which is "
                f"{MOST_READERS}.",
            )
        for one in seated if epoch is not None else ():
            one.steal(_stolen(epoch, one.epoch))

    def seat(self, seat: Seat, reader: Reader) -> None:
        self._seated[seat].append(reader)

    def leave(self, seat: Seat, reader: Reader) -> None:
        self._seated[seat] = [one for one in self._seated[seat] if one is not reader]


def _stolen(epoch: int | None, old: int | None) -> AmqpError:
    return AmqpError(
        STOLEN,
        f"New receiver 'nil' with higher epoch of '{_shown(epoch)}' is created hence current receiver 'nil' with epoch "
        f"'{_shown(old)}' is getting disconnected. If you are recreating the receiver, make sure a higher epoch is "
        "used.",
    )


def _shown(epoch: int | None) -> str:
    return "nil" if epoch is None else str(epoch)
