"""What a carrier says of a parcel, as it comes over the hub: text in, a command for the order out.

Whose parcel it is, is read first, so that a scan nobody understands can still wait in its order's lane.
"""

from dataclasses import dataclass
from typing import Annotated, Final, Literal

import orjson
from pydantic import AfterValidator, AwareDatetime, Field, TypeAdapter, ValidationError

from orders.commands import ReportParcel
from orders.refusals import UnknownOrder
from shared.kernel import Message, Poison, Refused, Unreadable
from shared.kernel.values import reads_as_time

# The consumer group too, hence for ever.
RECEIVER: Final = "receive_carrier_events"
HUB: Final = "carrier-events"


def _no_time(text: str) -> str:
    if reads_as_time(text):
        raise ValueError("must not read as a date-time")
    return text


type OrderId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_:.-]{1,100}$"), AfterValidator(_no_time)]
type Name = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,100}$"), AfterValidator(_no_time)]


@dataclass(frozen=True, slots=True)
class Parcel:
    """With this much a scan can be parked in its place, whatever else cannot be read."""

    orderId: OrderId  # noqa: N815 - a name on the wire


@dataclass(frozen=True, slots=True)
class Scan:
    """`at` is the carrier's own time; it is checked and not kept, because events are dated when they are recorded."""

    eventId: Name  # noqa: N815
    trackingId: Name  # noqa: N815
    kind: Literal["delivered", "lost", "returned"]
    at: AwareDatetime


_PARCEL: Final = TypeAdapter(Parcel)
_SCAN: Final = TypeAdapter(Scan)


def scan(text: str) -> Message[ReportParcel]:
    """Raises Poison `unreadable_message` when not even the order can be read."""
    try:
        said = orjson.loads(text)
        order_id = _PARCEL.validate_python(said).orderId
    except orjson.JSONDecodeError:
        raise Poison("unreadable_message", "not JSON") from None
    except ValidationError as error:
        raise Poison("unreadable_message", _places(error)) from None
    try:
        read = _SCAN.validate_python(said)
    except ValidationError as error:
        return Message(order_id, Unreadable("unreadable", f"a scan: {_places(error)}"))
    return Message(order_id, ReportParcel(read.kind, read.trackingId), f"carrier:{read.kind}:{read.eventId}")


def bare(text: str) -> str:
    """The same to us, without whatever else a carrier has put into it; of what cannot be read only whose it is."""
    message = scan(text)
    said = orjson.loads(text)
    read = () if isinstance(message.command, Unreadable) else ("eventId", "trackingId", "kind", "at")
    return orjson.dumps({name: said[name] for name in ("orderId", *read)}).decode()


def refused(refusal: Refused) -> Poison:
    """Why a scan that was understood cannot be true of its order."""
    if isinstance(refusal, UnknownOrder):
        return Poison("unknown_order", str(refusal))
    return Poison("contradiction", str(refusal))


def _places(error: ValidationError) -> str:
    # Where and why, never the value: a poison reason ends up in logs.
    problems = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, problem['loc'])) or 'message'}: {problem['type']}" for problem in problems)
