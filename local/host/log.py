"""Logging to stderr, one line a record, with the function and invocation it belongs to."""

import logging
import sys
import time
from contextvars import ContextVar
from typing import override

current: ContextVar[str | None] = ContextVar("current invocation", default=None)
_places: list[ContextVar[str | None]] = [current]


def follow(invocation_id: ContextVar[str | None]) -> None:
    """Also look here for the running invocation; threads of synchronous functions know only the library's variable."""
    _places.append(invocation_id)


class OneLine(logging.Formatter):
    """`time level [function invocation] logger: message`; a traceback follows on the same line."""

    default_time_format = "%H:%M:%S"
    default_msec_format = "%s.%03d"

    def __init__(self) -> None:
        self.converter = time.gmtime
        super().__init__("%(asctime)s %(levelname)s%(invocation)s %(name)s: %(message)s")

    @override
    def format(self, record: logging.LogRecord) -> str:
        running = next((name for place in _places if (name := place.get())), None)
        record.invocation = f" [{running}]" if running else ""
        return " | ".join(line for line in super().format(record).splitlines() if line.strip())


def set_up() -> None:
    """Send everything from INFO on to stderr; the SDKs' chatter only from WARNING on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    # The worker library logs below "azure" too.
    logging.getLogger("azure").setLevel(logging.WARNING)
