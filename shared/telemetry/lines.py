"""Log records on their way out: their fields are typed values, shown with what is personal in them masked."""

import logging
import traceback
from collections.abc import Iterator
from typing import Final

from opentelemetry._logs import Logger, LogRecord, SeverityNumber
from opentelemetry.context import get_current

from shared.kernel import Failure, Refused
from shared.kernel.personal import Shown, masked
from shared.observer import invocation_id

# Of Python's own making; whatever else a record has was given as its `extra`.
_OWN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_SEVERITY: Final = (
    (logging.CRITICAL, SeverityNumber.FATAL),
    (logging.ERROR, SeverityNumber.ERROR),
    (logging.WARNING, SeverityNumber.WARN),
    (logging.INFO, SeverityNumber.INFO),
)
ROOT: Final = "orderflow"


class Lines(logging.Handler):
    """Hands the records of the app's own loggers to OpenTelemetry."""

    def __init__(self, logger: Logger) -> None:
        super().__init__(logging.INFO)
        self._logger = logger

    def emit(self, record: logging.LogRecord) -> None:
        self._logger.emit(
            LogRecord(
                timestamp=int(record.created * 1e9),
                context=get_current(),
                severity_number=next((told for level, told in _SEVERITY if record.levelno >= level), None),
                severity_text=record.levelname,
                body=message(record),
                attributes=dict(fields(record)),
            )
        )


def message(record: logging.LogRecord) -> str:
    """The message with what is personal in its arguments masked."""
    if not isinstance(record.args, tuple):
        return str(record.msg)
    return str(record.msg) % tuple(_argument(each) for each in record.args)


def fields(record: logging.LogRecord) -> Iterator[tuple[str, Shown]]:
    """What goes beside the message: what was given, whose run it was, and where an exception came from."""
    yield "logger", record.name
    if run := invocation_id.get():
        yield "invocation_id", run
    for name, value in vars(record).items():
        if name not in _OWN:
            yield name, masked(value)
    if record.exc_info and (error := record.exc_info[1]):
        yield "exception.type", type(error).__name__
        yield "exception.stacktrace", stack(error)


def stack(error: BaseException) -> str:
    """Each exception of the chain with its places in the code. Only our own have messages that may be read."""
    parts: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(parts) < 10:  # noqa: PLR2004 - a chain may close on itself
        said = f": {seen}" if isinstance(seen, Failure | Refused) else ""
        places = "".join(f"  {at.filename}:{at.lineno} {at.name}\n" for at in traceback.extract_tb(seen.__traceback__))
        parts.append(f"{type(seen).__name__}{said}\n{places}")
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "caused by ".join(parts)


def _argument(value: object) -> object:
    """Numbers stay numbers, for the message's own format."""
    shown = masked(value)
    return shown if isinstance(shown, str | int | float) else str(shown)
