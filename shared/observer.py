"""What the app tells of its own work: a port, the one who hears nothing, and what a stretch of work has spent."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, Protocol

from shared.metrics import Metric

type Fact = str | int | float | bool

# The function's run that everything under way belongs to; empty outside of one.
_ODD: Final = frozenset("13579bdf")

invocation_id: Final[ContextVar[str]] = ContextVar("invocation_id", default="")


def is_kept(traceparent: str) -> bool:
    """Whether that trace is sampled: the lowest bit of its flags. Not a look at the rest of it."""
    return traceparent[-1:] in _ODD


def within(observer: "Observer", traceparent: str) -> str:
    """Where the work under way is, if that is in the same trace; otherwise the place that is given."""
    here = observer.traceparent()
    return here if here and here[3:35] == traceparent[3:35] else traceparent


class Trace(Protocol):
    """One span while it is open."""

    def say(self, **facts: Fact) -> None: ...

    def link(self, traceparent: str) -> None:
        """Connect it with what caused it in another trace. Empty or malformed is nobody."""
        ...

    def fail(self, kind: str) -> None:
        """It did not come to a good end; `kind` names why, never with a value."""
        ...


class Observer(Protocol):
    """Whoever listens. Nothing raised, nothing waited for; names and attributes come from the code alone."""

    @property
    def listens(self) -> bool:
        """Whether anybody does: what is worked out only to be told can be left out otherwise."""
        ...

    def traceparent(self) -> str:
        """Of the span under way, as W3C writes it; empty without one."""
        ...

    def span(
        self,
        name: str,
        *,
        under: str = "",
        within: str = "",
        links: Iterable[str] = (),
        outward: bool = False,
        since: int | None = None,
    ) -> AbstractContextManager[Trace]:
        """A span that is current until it ends, below the one under way.

        `under` is the traceparent of another parent; when that trace was not sampled, it is current without a span.
        `within` is one too, unless what is under way already belongs to its trace. Both are linked to what is under
        way instead. `outward` says that the work is somebody else's, outside of the app. `since` is when it began, in
        nanoseconds of the clock on the wall, if it is over already.
        """
        ...

    def record(self, metric: Metric, value: float, **attributes: str) -> None:
        """Adds to a counter, sets a gauge, or gives a histogram one more value."""
        ...


class _NoTrace:
    def say(self, **facts: Fact) -> None:
        pass

    def link(self, traceparent: str) -> None:
        pass

    def fail(self, kind: str) -> None:
        pass


NO_TRACE: Final[Trace] = _NoTrace()
_NOWHERE: Final = nullcontext(NO_TRACE)


class Silent:
    """An `Observer` that hears nothing and costs next to nothing."""

    listens: bool = False

    def traceparent(self) -> str:
        return ""

    def span(
        self,
        name: str,  # noqa: ARG002 - nobody hears it
        *,
        under: str = "",  # noqa: ARG002 - same
        within: str = "",  # noqa: ARG002 - same
        links: Iterable[str] = (),  # noqa: ARG002 - same
        outward: bool = False,  # noqa: ARG002 - same
        since: int | None = None,  # noqa: ARG002 - same
    ) -> AbstractContextManager[Trace]:
        return _NOWHERE

    def record(self, metric: Metric, value: float, **attributes: str) -> None:
        pass


class Counting(Silent):
    """Silent too, but the store's charges are heard: for work that has to know what it spends."""

    listens = True


SILENT: Final = Silent()


@dataclass(slots=True)
class Spent:
    """Request units and repeated calls of one stretch of work; what is spent within counts for all around it.

    `heard` is told of each amount, also of what tasks spend that go on after the stretch.
    """

    charge: float = 0.0
    repeats: int = 0
    around: "Spent | None" = None
    heard: Callable[[float], None] | None = None

    def add(self, charge: float) -> None:
        stretch: Spent | None = self
        while stretch is not None:
            stretch.charge += charge
            if stretch.heard:
                stretch.heard(charge)
            stretch = stretch.around

    def repeat(self) -> None:
        stretch: Spent | None = self
        while stretch is not None:
            stretch.repeats += 1
            stretch = stretch.around


_spent: Final[ContextVar[Spent | None]] = ContextVar("spent", default=None)


class Spending:
    """Counts what is charged until its end, also by tasks begun within. No generator: it is on every key's way."""

    __slots__ = ("_heard", "_token")

    def __init__(self, heard: Callable[[float], None] | None = None) -> None:
        self._heard = heard

    def __enter__(self) -> Spent:
        mine = Spent(around=_spent.get(), heard=self._heard)
        self._token = _spent.set(mine)
        return mine

    def __exit__(self, *_: object) -> None:
        _spent.reset(self._token)


def is_counted() -> bool:
    """Whether anybody wants to know what is charged here."""
    return _spent.get() is not None


def charged(charge: float) -> None:
    """Called by whoever hears the store's answer."""
    if (stretch := _spent.get()) is not None:
        stretch.add(charge)


def repeated() -> None:
    """Called by whoever asks the store again because it was busy or away."""
    if (stretch := _spent.get()) is not None:
        stretch.repeat()
