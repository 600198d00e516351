"""A hub: its partitions, and which of them an event goes to."""

from collections.abc import Callable
from datetime import timedelta
from itertools import cycle

from local.eventhubs.errors import out_of_range
from local.eventhubs.hub_shape import HubShape
from local.eventhubs.partition import Partition
from local.eventhubs.partition_key import partition_of


class Hub:
    """Events without a key take the partitions in turn, a whole batch to one."""

    def __init__(self, shape: HubShape, *, now: Callable[[], int]) -> None:
        self.shape = shape
        self.created = now()
        retention = shape.retention // timedelta(milliseconds=1)
        self.partitions = tuple(Partition(number, retention=retention, now=now) for number in range(shape.partitions))
        self._turns = cycle(self.partitions)

    def partition(self, name: str) -> Partition:
        """Raises AmqpError for a partition that does not exist."""
        if not name.isdecimal() or int(name) >= len(self.partitions):
            raise out_of_range(len(self.partitions))
        return self.partitions[int(name)]

    def choose(self, key: str | None) -> Partition:
        return self.partitions[partition_of(key, len(self.partitions))] if key else next(self._turns)
