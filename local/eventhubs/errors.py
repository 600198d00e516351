"""Refusals as AMQP errors, with the conditions and texts that the service uses."""

from typing import Final

NOT_FOUND: Final = "amqp:not-found"
STOLEN: Final = "amqp:link:stolen"
TOO_LARGE: Final = "amqp:link:message-size-exceeded"
FORCED: Final = "amqp:connection:forced"
DECODE_ERROR: Final = "amqp:decode-error"
NOT_IMPLEMENTED: Final = "amqp:not-implemented"


class AmqpError(Exception):
    """A condition, which is a symbol that programs compare, and a description for people."""

    def __init__(self, condition: str, description: str) -> None:
        super().__init__(description)
        self.condition = condition
        self.description = description


def not_found(address: str) -> AmqpError:
    return AmqpError(NOT_FOUND, f"The messaging entity '{address}' could not be found.")


def argument_error(description: str) -> AmqpError:
    return AmqpError("com.microsoft:argument-error", description)


def out_of_range(partitions: int) -> AmqpError:
    return AmqpError(
        "com.microsoft:argument-out-of-range",
        "The specified partition is invalid for an EventHub partition sender or receiver. "
        f"It should be between 0 and {partitions - 1}.",
    )
