"""Everything that can go wrong, by what the caller has to do about it.

Refused            the business says no: tell whoever asked, never retry
Failure            the machinery says no
  Transient        passes by itself: retry within the budget, then let the feed wait
    Throttled      too many requests for what is provisioned
    Unknown        a write whose answer was lost: look before repeating it
  Conflict         somebody wrote first: load again, decide again
  Poison           will never pass by retrying
  Misconfigured    a setting is missing or wrong: fail at start and name it
"""

from typing import ClassVar, Literal


class Refused(Exception):  # noqa: N818 - the business word; it is an answer rather than an error
    """The business says no. `code` is stable and part of the HTTP contract."""

    code: ClassVar[str] = "refused"


class Failure(Exception):  # noqa: N818 - the root of a tree whose leaves say what to do
    """The machinery says no."""


class Transient(Failure):
    """Passes by itself. `retry_after` is the store's own wish in seconds, when it has one."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Throttled(Transient):
    """The store has no request units left for now (429)."""


class Unknown(Transient):
    """A write that was sent and never answered: it may have happened."""


class Conflict(Failure):
    """Somebody wrote first: the id is taken or the etag has moved on."""


type Reason = Literal[
    "unreadable",
    "unknown_version",
    "unreadable_envelope",
    "unreadable_batch",
    "unreadable_message",
    "unreadable_row",
    "handler_failed",
    "too_large",
    "partition_full",
    "rejected",
    "suspect",
    "unknown_order",
    "contradiction",
    "undeliverable",
]


class Poison(Failure):
    """Will not get better by retrying. Each reason has its place in docs/runbook.md."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason = reason


class Misconfigured(Failure):
    """A setting is missing or wrong. The message names it and gives an example."""
