"""Session tokens: `<range>:0#<lsn>#1=-1`, several joined by commas (SDK source `_vector_session_token.py`)."""

from collections.abc import Awaitable, Callable
from typing import Final

from local.cosmos.errors import SESSION_NOT_AVAILABLE, CosmosError, bad_request
from local.cosmos.key_ranges import KeyRange

_LONGEST: Final = 65_536


def demanded(header: bytes, key_range: KeyRange) -> int:
    """The LSN a client has seen of this range, or of a range it came from; 0 when it names neither.

    Raises:
        CosmosError: 400 for text that is not a session token.

    """
    if len(header) > _LONGEST:
        raise bad_request("The session token is too long.")
    wanted = {b"%d" % number for number in (key_range.number, *key_range.parents)}
    seen = 0
    for part in header.split(b","):
        name, _, version = part.strip().partition(b":")
        if name in wanted:
            seen = max(seen, _lsn(version))
    return seen


def _lsn(version: bytes) -> int:
    fields = version.split(b"#")
    try:
        return int(fields[1] if len(fields) > 1 else fields[0])
    except ValueError as problem:
        raise bad_request("The session token is not valid.") from problem


class SessionAheadError(CosmosError):
    """404/1002: the token names a transaction this range has not seen; it may be there after the next change."""

    def __init__(self, change_within: Callable[[float], Awaitable[None]]) -> None:
        super().__init__(
            404,
            "The read session is not available for the input session token.",
            substatus=SESSION_NOT_AVAILABLE,
        )
        self.change_within = change_within
