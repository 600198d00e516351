"""What one batch came to: counted, and told once at its end. Only what was not applied has a line of its own."""

import logging
from collections import Counter
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from types import TracebackType
from typing import Final, Self

from shared.kernel import Failure
from shared.metrics import FEED_BATCH_SECONDS, FEED_BATCH_SIZE, FEED_HOTTEST_SHARE, FEED_SPANS, FEED_VISIBLE_SECONDS
from shared.observer import NO_TRACE, Fact, Observer, Spending, Spent, Trace, invocation_id, is_kept
from shared.pipeline.codec import Received
from shared.pipeline.hot_keys import HotKeys, SpaceSaving
from shared.pipeline.spans import Span

log = logging.getLogger("orderflow.pipeline")

# One key rarely has events of several traces in one batch; of more than these the last ones count.
MOST_TRACES: Final = 8
MOST_LINKS: Final = 32
ONE_IN: Final = 128
HOT: Final = 0.2
ENOUGH_TO_TELL: Final = 100
NAMED: Final = 5


@dataclass(slots=True)
class Told:
    """One key of the batch while it is handled, within each kept trace that its events belong to.

    What it does goes on in the last of them. With `since` it was handled together with others from that moment on, and
    what it spent of what they spent is not known. No generator: it is on every key's way.
    """

    report: "Report"
    span: Span[object]
    since: int | None = None
    outcome: str = "waiting"
    trouble: Exception | None = None
    _spent: Spent | None = None
    _spending: Spending | None = None
    _opened: ExitStack | None = None
    _traces: tuple[Trace, ...] = ()

    def __enter__(self) -> Self:
        observer = self.report.observer
        if observer.listens:
            if self.since is None:
                self._spending = Spending()
                self._spent = self._spending.__enter__()
            if kept := _kept(self.span.events, MOST_TRACES):
                self._opened = ExitStack()
                consumer, enter = self.report.consumer, self._opened.enter_context
                self._traces = tuple(enter(observer.span(consumer, under=each, since=self.since)) for each in kept)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._spending:
            self._spending.__exit__()
        if kind is None:
            self.report.met(self, self._spent.charge if self._spent else None)
        if self._opened:
            self._opened.__exit__(kind, error, at)

    def facts(self, charge: float | None) -> dict[str, Fact]:
        known: dict[str, Fact] = {
            "consumer": self.report.consumer,
            "outcome": self.outcome,
            "key": self.span.key.id,
            "first": self.span.first,
            "last": self.span.last,
            "attempt": self.report.attempt,
        }
        return known if charge is None else {**known, "ru": round(charge, 2)}

    def say(self, charge: float | None) -> None:
        for trace in self._traces:
            trace.say(**self.facts(charge))
            if self.trouble:
                trace.fail(type(self.trouble).__name__)


@dataclass(slots=True)
class Report:
    """Of one batch of one consumer. `now` is the clock that events are stamped with."""

    observer: Observer
    consumer: str
    attempt: int
    now: Callable[[], datetime]
    hot_keys: HotKeys
    outcomes: Counter[str] = field(default_factory=Counter)
    _trace: Trace = NO_TRACE

    @contextmanager
    def of_batch(self, size: int) -> Generator[None]:
        if not self.observer.listens:
            yield
            return
        begun = perf_counter()
        with self.observer.span(f"{self.consumer} batch") as self._trace, Spending() as spent:
            try:
                yield
            finally:
                self._end(size, perf_counter() - begun, spent)

    def meet(self, received: Iterable[Received[object]]) -> None:
        """Connect the batch with what caused its events."""
        if self.observer.listens:
            for traceparent in _kept(received, MOST_LINKS):
                self._trace.link(traceparent)

    def of(self, span: Span[object]) -> Told:
        return Told(self, span)

    def handled(self, spans: Iterable[tuple[Span[object], str]], *, since: int) -> None:
        """Keys that were handled together from that moment on. Most of a feed comes by here, so it does little."""
        listens, says_all = self.observer.listens, log.isEnabledFor(logging.DEBUG)
        hot = self.hot_keys.of(self.consumer)
        for span, outcome in spans:
            if listens and _has_kept(span):
                with Told(self, span, since, outcome):
                    continue
            if says_all or outcome not in {"applied", "skipped"}:
                self._line(Told(self, span, since, outcome), None)
            if listens:
                hot.see(span.key.id, len(span.events))
                if outcome == "applied":
                    self._visible(span)
            self.outcomes[outcome] += 1

    def met(self, told: Told, charge: float | None) -> None:
        """What became of one key."""
        told.say(charge)
        self._line(told, charge)
        if self.observer.listens:
            self.hot_keys.of(self.consumer).see(told.span.key.id, len(told.span.events))
            if told.outcome == "applied":
                self._visible(told.span)
        self.outcomes[told.outcome] += 1

    def _line(self, told: Told, charge: float | None) -> None:
        level = logging.DEBUG if told.outcome in {"applied", "skipped"} else logging.WARNING
        if log.isEnabledFor(level):
            span, why = told.span, _why(told.trouble)
            line = (self.consumer, told.outcome, span.key.id, span.first, span.last, why)
            log.log(level, "%s %s key=%s events=%d-%d%s", *line, extra=told.facts(charge))

    def _visible(self, span: Span[object]) -> None:
        # One key in 128, and the first of each batch: a value costs as much as a tenth of writing the row.
        if self.outcomes["applied"] % ONE_IN == 0:
            waited = (self.now() - span.events[0].at).total_seconds()
            self.observer.record(FEED_VISIBLE_SECONDS, max(0.0, waited), consumer=self.consumer)

    def _end(self, size: int, seconds: float, spent: Spent) -> None:
        consumer, observer = self.consumer, self.observer
        for outcome, count in self.outcomes.items():
            observer.record(FEED_SPANS, count, consumer=consumer, outcome=outcome)
        observer.record(FEED_BATCH_SIZE, size, consumer=consumer)
        observer.record(FEED_BATCH_SECONDS, seconds, consumer=consumer)
        facts: dict[str, Fact] = {"consumer": consumer, "size": size, "attempt": self.attempt, **self.outcomes}
        facts["ru"] = round(spent.charge, 2)
        self._trace.say(**facts, invocation_id=invocation_id.get())
        outcomes = ", ".join(f"{count} {outcome}" for outcome, count in sorted(self.outcomes.items())) or "nothing"
        log.info("%s batch: %s", consumer, outcomes, extra={**facts, "seconds": round(seconds, 4)})
        if ended := self.hot_keys.over(consumer):
            self._tell_hot(ended)

    def _tell_hot(self, ended: SpaceSaving) -> None:
        """The figure says that a key is hot; which one is for the log, because a figure has few attributes."""
        top = ended.top(NAMED)
        share = top[0][1] / ended.total if top else 0.0
        self.observer.record(FEED_HOTTEST_SHARE, share, consumer=self.consumer)
        if share > HOT and ended.total >= ENOUGH_TO_TELL:
            facts = {"consumer": self.consumer, "keys": [key for key, _ in top], "events": [each for _, each in top]}
            log.warning("%s: hot keys, of %d events", self.consumer, ended.total, extra=facts)


def _has_kept(span: Span[object]) -> bool:
    for event in span.events:  # noqa: SIM110 - a generator costs three times as much, for every key
        if is_kept(event.traceparent):
            return True
    return False


def _kept(events: Iterable[Received[object]], most: int) -> list[str]:
    """One traceparent for each trace that is kept, that of its last event here: the last so many."""
    kept = {each.traceparent[3:35]: each.traceparent for each in events if is_kept(each.traceparent)}
    return list(kept.values())[-most:]


def _why(trouble: Exception | None) -> str:
    if trouble is None:
        return ""
    return f": {trouble!s}" if isinstance(trouble, Failure) else f": {type(trouble).__name__}"
