"""The three exporters of each kind of destination. Each is imported only when it is chosen: they are heavy."""

import json
import os
import sys
from dataclasses import dataclass
from typing import Final, Literal

from opentelemetry.sdk._logs.export import ConsoleLogRecordExporter, LogRecordExporter
from opentelemetry.sdk.metrics.export import ConsoleMetricExporter, MetricExporter
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SpanExporter

# What Azure's exporters do besides: figures of their own about themselves to Microsoft and among ours, questions to
# Microsoft whether to go on, and the resource as a metric with every export, for which they look for a global provider
# and log a stack trace when there is none (azure-monitor-opentelemetry-exporter 1.0.0b58). A setting wins.
UNASKED: Final = (
    "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL",
    "APPLICATIONINSIGHTS_SDKSTATS_DISABLED",
    "APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED",
    "APPLICATIONINSIGHTS_OPENTELEMETRY_RESOURCE_METRIC_DISABLED",
)


@dataclass(frozen=True, slots=True)
class Exporters:
    spans: SpanExporter
    metrics: MetricExporter
    logs: LogRecordExporter


def exporters(kind: Literal["azure", "otlp", "console"]) -> Exporters:
    match kind:
        case "azure":
            return _azure()
        case "otlp":
            return _otlp()
        case "console":
            return _console()


def _azure() -> Exporters:
    """The distribution's own exporters under our own providers.

    Its `configure_azure_monitor` would bring a sampler that keeps five spans a second whatever their parent says, live
    metrics, and instrumentations that nobody asked for (azure-monitor-opentelemetry 1.8.11).
    """
    for name in UNASKED:
        os.environ.setdefault(name, "true")
    from azure.monitor.opentelemetry.exporter import (  # noqa: PLC0415 - half a second of CPU
        AzureMonitorLogExporter,
        AzureMonitorMetricExporter,
        AzureMonitorTraceExporter,
    )

    return Exporters(AzureMonitorTraceExporter(), AzureMonitorMetricExporter(), AzureMonitorLogExporter())


def _otlp() -> Exporters:
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter  # noqa: PLC0415 - same
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter  # noqa: PLC0415 - same
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - same

    return Exporters(OTLPSpanExporter(), OTLPMetricExporter(), OTLPLogExporter())


def _console() -> Exporters:
    """One line of JSON for each span, record and export of metrics, on standard error."""
    return Exporters(
        ConsoleSpanExporter(out=sys.stderr, formatter=lambda span: _line("span", span.to_json())),
        ConsoleMetricExporter(out=sys.stderr, formatter=lambda metrics: _line("metrics", metrics.to_json())),
        ConsoleLogRecordExporter(out=sys.stderr, formatter=lambda record: _line("log", record.to_json())),
    )


def _line(kind: str, text: str) -> str:
    return json.dumps({kind: json.loads(text)}, separators=(",", ":")) + "\n"
