"""Where a link goes to: the node that its address names."""

import re
from dataclasses import dataclass
from typing import Final

from local.eventhubs.errors import not_found

_SCHEME: Final = re.compile(r"(?:amqps?|sb)://[^/]*/", re.IGNORECASE)
_ENTITY: Final = re.compile(
    r"(?P<hub>[^/]+)(?:/ConsumerGroups/(?P<group>[^/]+))?(?:/Partitions/(?P<partition>[^/]+))?", re.IGNORECASE
)
CBS: Final = "$cbs"
MANAGEMENT: Final = "$management"


@dataclass(frozen=True, slots=True)
class Requests:
    """A node that answers: `$cbs` or `$management`."""

    name: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A hub, or a part of it."""

    hub: str
    group: str | None
    partition: str | None


def node(address: str) -> Requests | Entity:
    """Raises AmqpError for an address that names nothing."""
    path = _SCHEME.sub("", address).strip("/")
    last = path.rpartition("/")[2].lower()
    if last in {CBS, MANAGEMENT}:
        return Requests(last)
    match = _ENTITY.fullmatch(path)
    if match is None:
        raise not_found(address)
    return Entity(match["hub"], match["group"], match["partition"])
