"""Answers to an attach: the link that the address asks for, or why there is none."""

from functools import partial
from typing import Final

from local.eventhubs.address import CBS, Entity, Requests, node
from local.eventhubs.amqp.performatives import Attach
from local.eventhubs.errors import AmqpError, not_found
from local.eventhubs.faults import Fault, Faults
from local.eventhubs.hub_shape import DEFAULT_GROUP
from local.eventhubs.management import manage, take_token
from local.eventhubs.namespace import Namespace
from local.eventhubs.position import BEGINNING, Position, position
from local.eventhubs.publisher_link import LARGEST_MESSAGE, PublisherLink
from local.eventhubs.reader_link import ReaderLink
from local.eventhubs.readers import Readers, Seat
from local.eventhubs.request_links import ReplyLink, RequestLink
from local.eventhubs.session import Session

# A client that tracks the last enqueued event asks for this.
_TELLS_LAST: Final = "com.microsoft:enable-receiver-runtime-metric"
_EPOCH: Final = "com.microsoft:epoch"
_SELECTOR: Final = "apache.org:selector-filter:string"


class Attaching:
    """Knows all that links need."""

    def __init__(self, space: Namespace, readers: Readers, faults: Faults) -> None:
        self._space = space
        self._readers = readers
        self._faults = faults

    def attach(self, session: Session, asked: Attach) -> None:
        """An error leaves as a refusal of the link, and the connection goes on."""
        fault = self._fault(asked)
        match fault:
            case None:
                self._attach(session, asked)
            case Fault(act="drop"):
                session.drop()
            case Fault(act="delay"):
                session.stall(fault.seconds, partial(self._attach, session, asked))
            case _:
                session.refuse(asked, fault.error)

    def _attach(self, session: Session, asked: Attach) -> None:
        try:
            match node(asked.address):
                case Requests(name):
                    self._requests(session, asked, name)
                case Entity() as entity if asked.is_receiver:
                    self._reader(session, asked, entity)
                case Entity() as entity:
                    self._publisher(session, asked, entity)
        except AmqpError as error:
            session.refuse(asked, error)

    def _requests(self, session: Session, asked: Attach, name: str) -> None:
        if asked.is_receiver:
            session.accept(asked, ReplyLink(asked.handle, session, name), largest_message=LARGEST_MESSAGE)
            return
        respond = take_token if name == CBS else partial(manage, self._space)
        link = RequestLink(asked.handle, session, respond, partial(_reply_link, session, name), self._faults)
        session.accept(asked, link, largest_message=LARGEST_MESSAGE)
        link.grant()

    def _publisher(self, session: Session, asked: Attach, entity: Entity) -> None:
        hub = self._space.hub(entity.hub)
        partition = hub.partition(entity.partition) if entity.partition is not None else None
        link = PublisherLink(asked.handle, session, hub, partition, space=self._space, faults=self._faults)
        session.accept(asked, link, largest_message=LARGEST_MESSAGE)
        link.grant()

    def _reader(self, session: Session, asked: Attach, entity: Entity) -> None:
        hub = self._space.hub(entity.hub)
        group = entity.group or DEFAULT_GROUP
        if not hub.shape.has_group(group) or entity.partition is None:
            raise not_found(asked.address)
        partition = hub.partition(entity.partition)
        start = partition.start(_position(asked))
        epoch = asked.properties.get(_EPOCH)
        level = int(epoch) if isinstance(epoch, int) else None
        seat = Seat(hub.shape.name, group.lower(), partition.id)
        self._readers.admit(seat, level)
        tells_last = _TELLS_LAST in asked.capabilities
        link = ReaderLink(
            asked.handle,
            session,
            partition,
            start=start,
            epoch=level,
            seat=seat,
            readers=self._readers,
            space=self._space,
            faults=self._faults,
            tells_last=tells_last,
        )
        offered = (_TELLS_LAST,) if tells_last else ()
        session.accept(asked, link, largest_message=LARGEST_MESSAGE, capabilities=offered)

    def _fault(self, asked: Attach) -> Fault | None:
        """Trouble is for hubs: without tokens and properties nothing would ever be tried."""
        try:
            place = node(asked.address)
        except AmqpError:
            return None
        return self._faults.pick("attach", place.hub, place.partition or "") if isinstance(place, Entity) else None


def _position(asked: Attach) -> Position:
    match asked.filters.get(_SELECTOR):
        case None:
            return BEGINNING
        case bytes(selector):
            return position(selector.decode(errors="replace"))
        case selector:
            return position(str(selector))


def _reply_link(session: Session, name: str) -> ReplyLink | None:
    links = session.links.values()
    return next((link for link in links if isinstance(link, ReplyLink) and link.node == name), None)
