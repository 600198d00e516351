"""What one batch came to: counted, and told once at its end. Only what was not applied has a line of its own."""

import logging
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from typing import Final

from shared.kernel import Failure
from shared.metrics import FEED_BATCH_SECONDS, FEED_BATCH_SIZE, FEED_HOTTEST_SHARE, FEED_SPANS, FEED_VISIBLE_SECONDS
from shared.observer import NO_TRACE, Fact, Observer, Spending, Spent, Trace, invocation_id
from shared.pipeline.codec import Received
from shared.pipeline.hot_keys import HotKeys, SpaceSaving
from shared.pipeline.spans import Span

log = logging.getLogger("orderflow.pipeline")

# One key rarely has events of several traces in one batch; of more than these the last ones count.
MOST_TRACES: Final = 8
ONE_IN: Final = 8
HOT: Final = 0.2
ENOUGH_TO_TELL: Final = 100
NAMED: Final = 5


@dataclass(slots=True)
class Told:
    """What became of one key of the batch."""

    outcome: str = "waiting"
    trouble: Exception | None = None


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
            for traceparent in _by_trace(received):
                self._trace.link(traceparent)

    @contextmanager
    def of(self, span: Span[object]) -> Generator[Told]:
        """One key, within each sampled trace that its events belong to; what it does goes on in the last of them."""
        told = Told()
        if not self.observer.listens:
            yield told
            self._line(span, told, None)
        else:
            with ExitStack() as opened, Spending() as spent:
                traced = _by_trace(span.events)[-MOST_TRACES:]
                traces = [opened.enter_context(self.observer.span(self.consumer, under=each)) for each in traced]
                yield told
                self._say(traces, span, told, spent)
            self._line(span, told, spent)
            self._figures(span, told)
        self.outcomes[told.outcome] += 1

    def _say(self, traces: Sequence[Trace], span: Span[object], told: Told, spent: Spent) -> None:
        for trace in traces:
            trace.say(
                consumer=self.consumer,
                key=span.key.id,
                first=span.first,
                last=span.last,
                attempt=self.attempt,
                outcome=told.outcome,
                ru=round(spent.charge, 2),
            )
            if told.trouble:
                trace.fail(type(told.trouble).__name__)

    def _line(self, span: Span[object], told: Told, spent: Spent | None) -> None:
        level = logging.DEBUG if told.outcome in {"applied", "skipped"} else logging.WARNING
        if not log.isEnabledFor(level):
            return
        key, first, last = span.key.id, span.first, span.last
        facts = {
            "consumer": self.consumer,
            "outcome": told.outcome,
            "key": key,
            "first": first,
            "last": last,
            "attempt": self.attempt,
            "ru": round(spent.charge, 2) if spent else None,
        }
        line = ("%s %s key=%s events=%d-%d%s", self.consumer, told.outcome, key, first, last, _why(told.trouble))
        log.log(level, *line, extra=facts)

    def _figures(self, span: Span[object], told: Told) -> None:
        self.hot_keys.see(self.consumer, span.key.id, len(span.events))
        # Every eighth key, and the first of each batch: a value costs as much as a tenth of writing the row.
        if told.outcome == "applied" and self.outcomes["applied"] % ONE_IN == 0:
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
        share = top[0][1] / ended.total
        self.observer.record(FEED_HOTTEST_SHARE, share, consumer=self.consumer)
        if share > HOT and ended.total >= ENOUGH_TO_TELL:
            facts = {"consumer": self.consumer, "keys": [key for key, _ in top], "events": [each for _, each in top]}
            log.warning("%s: hot keys, of %d events", self.consumer, ended.total, extra=facts)


def _by_trace(events: Iterable[Received[object]]) -> list[str]:
    """One traceparent for each trace, that of its last event here."""
    return list({event.traceparent[3:35]: event.traceparent for event in events if event.traceparent}.values())


def _why(trouble: Exception | None) -> str:
    if trouble is None:
        return ""
    return f": {trouble!s}" if isinstance(trouble, Failure) else f": {type(trouble).__name__}"
