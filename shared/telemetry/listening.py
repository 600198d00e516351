"""The `Observer` that OpenTelemetry hears: spans by its tracer, figures by its meter."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Final

from opentelemetry import context as contexts
from opentelemetry.metrics import Meter
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    Tracer,
    get_current_span,
    set_span_in_context,
)

from shared.metrics import METRICS, Metric
from shared.observer import NO_TRACE, Fact, Trace
from shared.telemetry.figures import Figures
from shared.telemetry.traceparent import parsed, written

MOST_LINKS: Final = 32


class OpenSpan:
    """A `Trace` over a span of OpenTelemetry's."""

    __slots__ = ("_links", "_span")

    def __init__(self, span: Span, links: int) -> None:
        self._span, self._links = span, links

    def say(self, **facts: Fact) -> None:
        self._span.set_attributes({f"orderflow.{name}": value for name, value in facts.items()})

    def link(self, traceparent: str) -> None:
        found = parsed(traceparent)
        mine = self._span.get_span_context()
        if found and found.trace_id != mine.trace_id and self._links < MOST_LINKS:
            self._links += 1
            self._span.add_link(found)

    def fail(self, kind: str) -> None:
        self._span.set_status(Status(StatusCode.ERROR, kind))


class Listening:
    """An `Observer`."""

    listens: Final = True

    def __init__(self, tracer: Tracer, meter: Meter) -> None:
        self._tracer, self._figures = tracer, Figures(meter)
        self._histograms = {
            each: meter.create_histogram(
                each.name, unit=each.unit, description=each.about, explicit_bucket_boundaries_advisory=each.bounds
            )
            for each in METRICS
            if each.kind == "histogram"
        }

    def traceparent(self) -> str:
        return written(get_current_span().get_span_context())

    @contextmanager
    def span(
        self,
        name: str,
        *,
        under: str = "",
        within: str = "",
        links: Iterable[str] = (),
        outward: bool = False,
        since: int | None = None,
    ) -> Generator[Trace]:
        here = get_current_span().get_span_context()
        parent = parsed(under) or _other(parsed(within), here)
        if parent and not parent.trace_flags.sampled:
            with _current(NonRecordingSpan(parent)):
                yield NO_TRACE
            return
        linked = [Link(each) for each in _distinct(links)]
        if parent and here.is_valid and here.trace_id != parent.trace_id:
            linked.append(Link(here))
        span = self._tracer.start_span(
            name,
            context=set_span_in_context(NonRecordingSpan(parent)) if parent else None,
            kind=SpanKind.CLIENT if outward else SpanKind.INTERNAL,
            links=linked,
            start_time=since,
        )
        told = OpenSpan(span, len(linked))
        try:
            with _current(span):
                yield told
        except BaseException as error:
            # Its kind and no more: a message may hold what nobody should read.
            told.fail(type(error).__name__)
            raise
        finally:
            span.end()

    def record(self, metric: Metric, value: float, **attributes: str) -> None:
        values = tuple(attributes[name] for name in metric.attributes)
        match metric.kind:
            case "counter":
                self._figures.add(metric, value, values)
            case "histogram":
                self._histograms[metric].record(value, attributes)
            case "gauge":
                self._figures.put(metric, value, values)


@contextmanager
def _current(span: Span) -> Generator[None]:
    token = contexts.attach(set_span_in_context(span))
    try:
        yield
    finally:
        contexts.detach(token)


def _other(wanted: SpanContext | None, here: SpanContext) -> SpanContext | None:
    """None when what is under way belongs to the wanted trace already."""
    return wanted if wanted and wanted.trace_id != here.trace_id else None


def _distinct(links: Iterable[str]) -> list[SpanContext]:
    return [context for each in list(dict.fromkeys(links))[:MOST_LINKS] if (context := parsed(each))]
