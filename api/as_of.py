"""`?asOf=`: how much of a history had happened then, by a sequence or by a time."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any, Final

from api.problems import Unacceptable
from shared.kernel import Recorded

_SEQUENCE: Final = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)

type Happened = Callable[[Recorded[Any]], bool]


def count(params: Mapping[str, str], events: Sequence[Recorded[Any]]) -> int:
    """All of them without the parameter. Raises Unacceptable 400."""
    text = params.get("asOf")
    return len(events) if text is None else sum(1 for _ in takewhile(_by(text), events))


def _by(text: str) -> Happened:
    if _SEQUENCE.fullmatch(text):
        last = int(text)
        return lambda event: event.sequence <= last
    moment = _moment(text)
    return lambda event: event.at <= moment


def _moment(text: str) -> datetime:
    try:
        # In a query, a plus that was not escaped arrives as a space.
        moment = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        detail = "asOf is a time with its offset, such as 2026-01-31T09:30:00Z, or a sequence from 1"
        raise Unacceptable.parameter("asOf", "invalid_as_of", detail)
    return moment
