"""One run of a function: whose trace it is in, for functions that wait and functions that do not."""

import asyncio
import os
import subprocess
import sys
from dataclasses import dataclass

import pytest

from shared.kernel import Misconfigured
from shared.observer import invocation_id
from shared.telemetry import choice, invoked
from tests.programs import ROOT

NOTHING = (
    "import shared.telemetry, sys; shared.telemetry.observer(); print([m for m in sys.modules if 'telemetry.' in m])"
)
# The worker attaches nothing on the thread of a function that does not wait.
BOTH = """
import asyncio, sys
from types import SimpleNamespace
from concurrent.futures import ThreadPoolExecutor
from shared.telemetry import invoked, observer
context = SimpleNamespace(invocation_id="run", trace_context=SimpleNamespace(trace_parent=sys.argv[1], trace_state=""))
def waits_not():
    with invoked(context), observer().span("waits not"):
        return observer().traceparent()[3:35]
async def waits():
    with invoked(context), observer().span("waits"):
        await asyncio.sleep(0)
        return observer().traceparent()[3:35]
with ThreadPoolExecutor(1) as threads:
    print(threads.submit(waits_not).result(), asyncio.run(waits()), repr(observer().traceparent()))
"""
TRACE = "0af7651916cd43dd8448eb211c80319c"


@dataclass(frozen=True)
class Place:
    trace_parent: str = f"00-{TRACE}-b7ad6b7169203331-01"
    trace_state: str = ""


@dataclass(frozen=True)
class Run:
    invocation_id: str
    trace_context: Place


def python(code: str, *arguments: str, **settings: str) -> str:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "TELEMETRY_"))}
    ran = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env=environ | settings,
        capture_output=True,
        check=True,
        text=True,
    )
    return ran.stdout


def test_functions_that_wait_and_functions_that_do_not_are_in_the_hosts_trace() -> None:
    said = python(BOTH, Place().trace_parent, TELEMETRY_EXPORTER="console").split()

    assert said == [TRACE, TRACE, "''"]


def test_without_a_destination_not_even_opentelemetry_is_imported() -> None:
    assert "opentelemetry" not in python(NOTHING)


def test_each_run_has_its_own_id() -> None:
    async def run(name: str) -> str:
        with invoked(Run(name, Place())):
            await asyncio.sleep(0)
            return invocation_id.get()

    async def both() -> list[str]:
        return list(await asyncio.gather(run("one"), run("other")))

    assert asyncio.run(both()) == ["one", "other"]
    assert invocation_id.get() == ""


@pytest.mark.parametrize(
    ("environ", "chosen"),
    [
        ({}, "none"),
        ({"APPLICATIONINSIGHTS_CONNECTION_STRING": "InstrumentationKey=k"}, "azure"),
        ({"APPLICATIONINSIGHTS_CONNECTION_STRING": "InstrumentationKey=k", "TELEMETRY_EXPORTER": "none"}, "none"),
        ({"TELEMETRY_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, "otlp"),
        ({"TELEMETRY_EXPORTER": "console"}, "console"),
    ],
)
def test_nothing_is_exported_unless_a_setting_says_where_to(environ: dict[str, str], chosen: str) -> None:
    assert choice.exporter(environ) == chosen


@pytest.mark.parametrize(
    ("named", "environ"),
    [
        ("TELEMETRY_EXPORTER", {"TELEMETRY_EXPORTER": "jaeger"}),
        ("APPLICATIONINSIGHTS_CONNECTION_STRING", {"TELEMETRY_EXPORTER": "azure"}),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", {"TELEMETRY_EXPORTER": "otlp"}),
        # Else everything would be exported twice: by the worker and by the app.
        (
            "PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY",
            {"APPLICATIONINSIGHTS_CONNECTION_STRING": "k", "PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY": "true"},
        ),
    ],
)
def test_a_destination_that_cannot_be_is_named_at_the_start(named: str, environ: dict[str, str]) -> None:
    with pytest.raises(Misconfigured, match=named):
        choice.exporter(environ)


@pytest.mark.parametrize("text", ["most", "1.5", "-0.1"])
def test_a_share_is_from_nothing_to_all(text: str) -> None:
    with pytest.raises(Misconfigured, match="OTEL_TRACES_SAMPLER_ARG"):
        choice.share({"OTEL_TRACES_SAMPLER_ARG": text})
