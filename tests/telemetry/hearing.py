"""Everything that is told, kept in memory: what OpenTelemetry would have exported, nothing of which leaves the test."""

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.observer import Observer
from shared.telemetry.providers import provided

type Point = tuple[Mapping[str, str], float]


@dataclass(frozen=True, slots=True)
class Heard:
    """`observer` is what the app is given."""

    observer: Observer
    exported: InMemorySpanExporter
    reader: InMemoryMetricReader
    lines: InMemoryLogRecordExporter
    _told: dict[str, dict[object, Point]] = field(default_factory=dict)

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        return self.exported.get_finished_spans()

    def named(self, name: str) -> list[ReadableSpan]:
        return [span for span in self.spans if span.name == name]

    def points(self, name: str) -> list[Point]:
        """Attributes and the last value told; of a histogram how many values it was given."""
        self.exports()
        return list(self._told.get(name, {}).values())

    def exports(self) -> set[str]:
        """Exports once more, as happens every minute, and gives the names of what is told this time."""
        found = list(self._metrics())
        for metric in found:
            for point in metric.data.data_points:
                attributes = dict(point.attributes or {})
                value = float(getattr(point, "value", getattr(point, "count", 0)))
                self._told.setdefault(metric.name, {})[tuple(attributes.items())] = (attributes, value)
        return {metric.name for metric in found if metric.data.data_points}

    def begin_window(self) -> None:
        """Forgets what was told so far, as a query does that looks at the last minutes only."""
        self.exports()
        self._told.clear()

    def everything(self) -> str:
        """All that would leave the process, as text."""
        spans = [span.to_json() for span in self.spans]
        lines = [line.to_json() for line in self.lines.get_finished_logs()]
        return "\n".join([*spans, *lines, *(str(metric) for metric in self._metrics())])

    def _metrics(self) -> Iterable[Any]:
        found = self.reader.get_metrics_data()
        for resource in found.resource_metrics if found else ():
            for scope in resource.scope_metrics:
                yield from scope.metrics


class Kept(InMemoryLogRecordExporter):
    """Typed, which the one it is made from is not."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # see above


@contextmanager
def hearing(share: float = 1.0) -> Generator[Heard]:
    spans, lines, reader = InMemorySpanExporter(), Kept(), InMemoryMetricReader()
    logs = LoggerProvider()
    logs.add_log_record_processor(SimpleLogRecordProcessor(lines))
    providers = provided(SimpleSpanProcessor(spans), reader, logs, share=share)
    try:
        yield Heard(providers.observer, spans, reader, lines)
    finally:
        providers.close()


def reached(spans: Iterable[ReadableSpan], trace: int) -> list[ReadableSpan]:
    """Every span that hangs together with a trace: by its parent, or by a link in either direction."""
    left, known = list(spans), {trace}
    found: list[ReadableSpan] = []
    while near := [span for span in left if _traces(span) & known]:
        found += near
        left = [span for span in left if span not in near]
        for span in near:
            known |= _traces(span)
    return found


def trace_of(span: ReadableSpan) -> int:
    context = span.get_span_context()
    assert context is not None
    return context.trace_id


def place_of(span: ReadableSpan) -> int:
    context = span.get_span_context()
    assert context is not None
    return context.span_id


def _traces(span: ReadableSpan) -> set[int]:
    return {trace_of(span), *(link.context.trace_id for link in span.links)}
