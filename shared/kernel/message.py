"""What somebody outside says of one stream: a wish that came by itself, and may come again."""

from dataclasses import dataclass

from shared.kernel.envelope import Unreadable


@dataclass(frozen=True, slots=True)
class Message[C]:
    """`name` tells it apart within its stream: it is the causation id of whatever the command adds there."""

    stream: str
    command: C | Unreadable
    name: str = ""
