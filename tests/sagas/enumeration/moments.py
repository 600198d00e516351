"""One moment in the life of an order: its stream, its saga, what is under way, and what the providers' books say."""

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from gateways.acts import ActState
from gateways.holds import HoldState

type User = Literal["cancel", "delete", "ship", "deliver", "skip", "compensate"]
type Report = Literal["delivered", "lost", "returned"]

USERS: Final[tuple[User, ...]] = ("cancel", "delete", "ship", "deliver")
OPERATORS: Final[tuple[User, ...]] = ("skip", "compensate")


@dataclass(frozen=True, slots=True)
class Scenario:
    """`lines` of as many products. `carrier`: there are reports of parcels. `users`: what people may ask for.

    `is_managed`: every product has a level from the beginning; otherwise it may be put in at any moment, or never.
    """

    lines: int = 1
    carrier: bool = False
    users: tuple[User, ...] = ()
    is_managed: bool = True

    def __str__(self) -> str:
        who = ", ".join([*self.users, *(["carrier"] if self.carrier else [])]) or "nobody"
        return f"{self.lines} line{'s' * (self.lines > 1)}{'' if self.is_managed else ', level late'}: {who}"


class Shelf(NamedTuple):
    """The order's hold on one product, and what a call to hold it may have seen so far."""

    state: HoldState | None = None
    has_level: bool = True
    granted: bool = False
    refused: bool = False


class Books(NamedTuple):
    shelves: tuple[Shelf, ...]
    payment: ActState | None = None
    shipment: ActState | None = None


class State(NamedTuple):
    """Orders, events and places of the saga are numbers of `Memory`.

    `unseen` are the stream's events that the saga has not seen, and `seen` is the order before them. `opening` is how
    many events a worker has read who is about to create the saga. `is_told`: the feed has not brought the last yet.
    Nothing of `taken` (asks that a worker has in hand), `sent` (effects) and `heard` (answers) ever goes away: each may
    be carried out late, and again. `reports` are in their hub, and come as often.
    """

    order: int
    seen: int
    books: Books
    unseen: tuple[int, ...] = ()
    is_told: bool = True
    opening: int | None = None
    place: int | None = None
    taken: frozenset[str] = frozenset()
    sent: frozenset[str] = frozenset()
    heard: frozenset[int] = frozenset()
    silent: frozenset[str] = frozenset()
    reports: frozenset[Report] = frozenset()
    wrong: str = ""


type Step = tuple[str, State]
