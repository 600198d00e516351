"""What a client can ask: to take its token, and how a hub or a partition is doing."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from local.eventhubs.amqp.values import Array, Int, Timestamp, Value
from local.eventhubs.errors import NOT_FOUND, NOT_IMPLEMENTED, AmqpError
from local.eventhubs.hub import Hub
from local.eventhubs.namespace import Namespace
from local.eventhubs.partition import Partition

type Asked = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` as in HTTP; `condition` names the error, if it is one."""

    status: int
    description: str
    content: Value = None
    condition: str = ""


def take_token(asked: Asked) -> Answer:
    """Any token will do: only programs of this machine can reach the endpoint."""
    if asked.get("operation") != "put-token":
        return _unknown(asked)
    return Answer(HTTPStatus.ACCEPTED, "Accepted")


def manage(space: Namespace, asked: Asked) -> Answer:
    """The two readings of the protocol (Event Hubs AMQP protocol guide, "AMQP management")."""
    name = str(asked.get("name", "")).strip("/").partition("/")[0]
    try:
        match asked.get("operation"), asked.get("type"):
            case "READ", "com.microsoft:eventhub":
                return Answer(HTTPStatus.OK, "OK", _hub(space.hub(name)))
            case "READ", "com.microsoft:partition":
                hub = space.hub(name)
                return Answer(HTTPStatus.OK, "OK", _partition(hub, hub.partition(str(asked.get("partition", "")))))
            case _:
                return _unknown(asked)
    except AmqpError as problem:
        status = HTTPStatus.NOT_FOUND if problem.condition == NOT_FOUND else HTTPStatus.BAD_REQUEST
        return Answer(status, problem.description, condition=problem.condition)


def _unknown(asked: Asked) -> Answer:
    text = f"There is no operation {asked.get('operation')!r} for {asked.get('type')!r}."
    return Answer(HTTPStatus.NOT_IMPLEMENTED, text, condition=NOT_IMPLEMENTED)


def _hub(hub: Hub) -> Value:
    return {
        "name": hub.shape.name,
        "type": "com.microsoft:eventhub",
        "created_at": Timestamp(hub.created),
        "partition_count": Int(len(hub.partitions)),
        "partition_ids": Array(tuple(partition.id for partition in hub.partitions)),
        "georeplication_factor": Int(1),
    }


def _partition(hub: Hub, partition: Partition) -> Value:
    last = partition.last
    return {
        "name": hub.shape.name,
        "type": "com.microsoft:partition",
        "partition": partition.id,
        "begin_sequence_number": partition.first_sequence,
        "last_enqueued_sequence_number": last.sequence if last else -1,
        "last_enqueued_offset": str(last.offset if last else -1),
        "last_enqueued_time_utc": Timestamp(last.enqueued if last else 0),
        "is_partition_empty": partition.is_empty,
    }
