"""Links to a node that answers: a client asks over one and hears over another of the same session."""

from collections import deque
from collections.abc import Callable
from typing import Final, override

from local.eventhubs.amqp.decode import Malformed, decode
from local.eventhubs.amqp.performatives import Flow, Transfer
from local.eventhubs.amqp.sections import APPLICATION_PROPERTIES, BODY_VALUE, PROPERTIES, named, section, sections
from local.eventhubs.amqp.values import Int, Symbol, Value
from local.eventhubs.errors import DECODE_ERROR, AmqpError
from local.eventhubs.faults import Faults
from local.eventhubs.link import Link, Outlet
from local.eventhubs.management import Answer, Asked

CREDIT: Final = 100
_CORRELATION: Final = 5

type Respond = Callable[[Asked], Answer]


class ReplyLink(Link):
    """What the client hears over; answers wait for its credit."""

    def __init__(self, handle: int, outlet: Outlet, node: str) -> None:
        self.node = node
        self._handle = handle
        self._outlet = outlet
        self._credit = 0
        self._sent = 0
        self._waiting: deque[bytes] = deque()

    @override
    def flow(self, flow: Flow) -> None:
        self._credit = flow.delivery_count + flow.credit - self._sent
        self.pump()

    def reply(self, message: bytes) -> None:
        self._waiting.append(message)
        self.pump()

    @override
    def pump(self) -> None:
        while self._waiting and self._credit > 0 and self._outlet.has_room:
            self._credit -= 1
            self._sent += 1
            self._outlet.deliver(self._handle, self._waiting.popleft())


class RequestLink(Link):
    """What the client asks over; `reply_to` finds its other link once it is there."""

    def __init__(
        self, handle: int, outlet: Outlet, respond: Respond, reply_to: Callable[[], ReplyLink | None], faults: Faults
    ) -> None:
        self._handle = handle
        self._outlet = outlet
        self._respond = respond
        self._reply_to = reply_to
        self._faults = faults
        self._parts: list[bytes] = []
        self._received = 0

    def grant(self) -> None:
        self._outlet.grant(self._handle, delivery_count=self._received, credit=CREDIT)

    @override
    def transfer(self, transfer: Transfer) -> None:
        self._parts.append(transfer.payload)
        if transfer.more:
            return
        message, self._parts = b"".join(self._parts), []
        self._received += 1
        fault = self._faults.pick("request")
        match fault.act if fault else None:
            case "drop":
                self._outlet.drop()
            case "delay" if fault:
                self._outlet.stall(fault.seconds, lambda: self._answer(transfer, message, None))
            case _:
                self._answer(transfer, message, fault.error if fault else None)

    def _answer(self, transfer: Transfer, message: bytes, refusal: AmqpError | None) -> None:
        try:
            asked, message_id = _asked(message)
        except Malformed as problem:
            if transfer.delivery_id is not None:
                self._outlet.settle(transfer.delivery_id, AmqpError(DECODE_ERROR, str(problem)))
            return
        if not transfer.settled and transfer.delivery_id is not None:
            self._outlet.settle(transfer.delivery_id)
        answer = Answer(503, refusal.description, condition=refusal.condition) if refusal else self._respond(asked)
        link = self._reply_to()
        if link is not None:
            link.reply(_message(answer, message_id))
        self.grant()


def _asked(message: bytes) -> tuple[Asked, Value]:
    asked: Asked = {}
    message_id: Value = None
    for part in sections(message):
        if part.code == PROPERTIES:
            fields, _ = decode(message, part.value_start)
            message_id = fields[0] if isinstance(fields, tuple) and fields else None
        elif part.code == APPLICATION_PROPERTIES:
            asked = named(message, part)
    return asked, message_id


def _message(answer: Answer, message_id: Value) -> bytes:
    properties = (*(None,) * _CORRELATION, message_id, *(None,) * 7)
    told: dict[Value, Value] = {"status-code": Int(answer.status), "status-description": answer.description}
    if answer.condition:
        told["error-condition"] = Symbol(answer.condition)
    return section(PROPERTIES, properties) + section(APPLICATION_PROPERTIES, told) + section(BODY_VALUE, answer.content)
