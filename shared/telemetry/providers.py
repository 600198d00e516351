"""OpenTelemetry put together once per worker: one resource, one sampler, and exporters behind batches."""

import logging
from dataclasses import dataclass
from typing import Final

from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import AlwaysOffExemplarFilter, MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio

from shared.telemetry.exporting import Exporters
from shared.telemetry.lines import ROOT, Lines
from shared.telemetry.listening import Listening

NAME: Final = "orderflow"


@dataclass(frozen=True, slots=True)
class Providers:
    """Our own, never OpenTelemetry's global ones: whatever else configures those exports nothing of ours."""

    traces: TracerProvider
    metrics: MeterProvider
    logs: LoggerProvider
    observer: Listening
    handler: Lines

    def close(self) -> None:
        """Everything that was told is exported, and no more is."""
        logging.getLogger(ROOT).removeHandler(self.handler)
        self.traces.shutdown()
        self.metrics.shutdown()
        self.logs.shutdown()


def listening(exporters: Exporters, *, share: float, at_once: bool = False) -> Providers:
    """`share` is that of the traces which begin here and are kept; `at_once` leaves out the waiting for a batch."""
    spans = SimpleSpanProcessor(exporters.spans) if at_once else BatchSpanProcessor(exporters.spans)
    logs = LoggerProvider(_resource())
    logs.add_log_record_processor(
        SimpleLogRecordProcessor(exporters.logs) if at_once else BatchLogRecordProcessor(exporters.logs)
    )
    return provided(spans, PeriodicExportingMetricReader(exporters.metrics), logs, share=share)


def provided(spans: SpanProcessor, reader: MetricReader, logs: LoggerProvider, *, share: float) -> Providers:
    resource = _resource()
    # Explicitly: Azure Monitor's own default keeps five spans a second and drops the rest of a burst.
    traces = TracerProvider(sampler=ParentBasedTraceIdRatio(share), resource=resource)
    traces.add_span_processor(spans)
    metrics = MeterProvider([reader], resource, exemplar_filter=AlwaysOffExemplarFilter())
    handler = Lines(logs.get_logger(NAME))
    logger = logging.getLogger(ROOT)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    observer = Listening(traces.get_tracer(NAME), metrics.get_meter(NAME))
    return Providers(traces, metrics, logs, observer, handler)


def _resource() -> Resource:
    """OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES have their say."""
    named = Resource.create()
    if str(named.attributes[SERVICE_NAME]).startswith("unknown_service"):
        return named.merge(Resource({SERVICE_NAME: NAME}))
    return named
