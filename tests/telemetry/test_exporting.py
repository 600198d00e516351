"""What really leaves the process, for each destination: all that was told, once, and nothing of anybody else's."""

import json
import os
import subprocess
import sys
from collections import Counter
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.programs import ROOT
from tests.telemetry.sink import Sink, sink

UNTOLD = "key-5f1d"
TELLS = """
import logging
from shared.metrics import FEED_BATCH_SECONDS, FEED_LAG_SECONDS, STORE_REQUESTS
from shared.settings import CosmosConnection
from shared.telemetry import observer
told = observer()
with told.span("work"), told.span("inner", outward=True) as trace:
    trace.say(key="o1")
    connection = CosmosConnection("https://here/", "key-5f1d")
    logging.getLogger("orderflow.tests").warning("met %s", connection, extra={"consumer": "view"})
told.record(FEED_LAG_SECONDS, 61.0, consumer="view", lease="0")
told.record(STORE_REQUESTS, 2, container="orders", operation="read", outcome="ok")
told.record(STORE_REQUESTS, 1, container="orders", operation="read", outcome="throttled")
told.record(FEED_BATCH_SECONDS, 0.5, consumer="view")
"""


def told_to(to: Sink, **settings: str) -> str:
    """Runs to its end, which exports what is left, and gives what it printed."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "APPLICATIONINS"))}
    named = {name: value.format(url=to.url) for name, value in settings.items()}
    run = [sys.executable, "-c", TELLS]
    ran = subprocess.run(run, cwd=ROOT, env=environ | named, capture_output=True, check=True, text=True)
    assert UNTOLD not in str(to.taken)
    return ran.stdout + ran.stderr


def test_a_collector_is_sent_every_span_figure_and_line_once() -> None:
    with sink() as to:
        printed = told_to(to, TELEMETRY_EXPORTER="otlp", OTEL_EXPORTER_OTLP_ENDPOINT="{url}")

    traces = [ExportTraceServiceRequest.FromString(body) for body in to.sent_to("/v1/traces")]
    figures = [ExportMetricsServiceRequest.FromString(body) for body in to.sent_to("/v1/metrics")]
    lines = [ExportLogsServiceRequest.FromString(body) for body in to.sent_to("/v1/logs")]
    spans = [span for sent in traces for one in sent.resource_spans for two in one.scope_spans for span in two.spans]
    metrics = [
        each for sent in figures for one in sent.resource_metrics for two in one.scope_metrics for each in two.metrics
    ]
    records = [
        each for sent in lines for one in sent.resource_logs for two in one.scope_logs for each in two.log_records
    ]
    assert Counter(span.name for span in spans) == {"work": 1, "inner": 1}
    assert Counter(metric.name for metric in metrics) == {
        "feed.lag.seconds": 1,
        "feed.batch.seconds": 1,
        "store.requests": 1,
    }
    (line,) = records
    assert line.body.string_value.startswith("met {")
    assert line.trace_id == spans[0].trace_id == spans[1].trace_id
    assert printed == ""


def test_application_insights_is_sent_the_same_once_and_nothing_that_nobody_asked_for() -> None:
    connection = "InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint={url}/"
    with sink() as to:
        printed = told_to(to, TELEMETRY_EXPORTER="azure", APPLICATIONINSIGHTS_CONNECTION_STRING=connection)

    sent: list[dict[str, Any]] = [item["data"] for _, body in to.taken for item in json.loads(body)]
    of_kind = {
        kind: [item["baseData"] for item in sent if item["baseType"] == kind]
        for kind in ("RemoteDependencyData", "MetricData", "MessageData")
    }
    points = [point for item in of_kind["MetricData"] for point in item["metrics"]]
    assert len(sent) == sum(map(len, of_kind.values()))
    assert Counter(each["name"] for each in of_kind["RemoteDependencyData"]) == {"work": 1, "inner": 1}
    assert sorted((each["name"], each["value"]) for each in points) == [
        ("feed.batch.seconds", 0.5),
        ("feed.lag.seconds", 61.0),
        ("store.requests", 1),
        ("store.requests", 2),
    ]
    assert {"consumer": "view", "lease": "0"} in [each["properties"] for each in of_kind["MetricData"]]
    (line,) = of_kind["MessageData"]
    assert line["message"].startswith("met {")
    assert line["properties"]["consumer"] == "view"
    assert printed == ""
