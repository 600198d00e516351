"""Which hubs there are, with their partitions and consumer groups: `infra/eventhubs.json`."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

DEFAULT_GROUP = "$Default"


@dataclass(frozen=True, slots=True)
class HubShape:
    """Names ignore case, as in the service; the default consumer group is always there."""

    name: str
    partitions: int
    retention: timedelta
    consumer_groups: tuple[str, ...]

    def has_group(self, name: str) -> bool:
        return name.lower() in {group.lower() for group in (DEFAULT_GROUP, *self.consumer_groups)}


def hub_shapes(file: Path) -> tuple[HubShape, ...]:
    """Raises ValueError that names the file when it says something else."""
    try:
        hubs = json.loads(file.read_text(encoding="utf-8"))["hubs"]
        return tuple(
            HubShape(
                str(hub["name"]),
                int(hub["partitionCount"]),
                timedelta(hours=float(hub["retentionTimeInHours"])),
                tuple(map(str, hub.get("consumerGroups", ()))),
            )
            for hub in hubs
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise ValueError(f"{file} does not list hubs as expected: {problem!r}") from problem
