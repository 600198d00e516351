"""Where telemetry goes, and how much of it, as the settings say."""

from collections.abc import Mapping
from typing import Final, Literal

from shared.kernel import Misconfigured

type Exporter = Literal["azure", "otlp", "console", "none"]

EXPORTER: Final = "TELEMETRY_EXPORTER"
SHARE: Final = "OTEL_TRACES_SAMPLER_ARG"
OF_THE_WORKER: Final = "PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY"


def exporter(environ: Mapping[str, str]) -> Exporter:
    """What is asked for; otherwise Application Insights when one is named, or nothing. Raises Misconfigured."""
    asked, azure = environ.get(EXPORTER, ""), environ.get("APPLICATIONINSIGHTS_CONNECTION_STRING")
    if azure and environ.get(OF_THE_WORKER, "").lower() in {"1", "true"}:
        raise Misconfigured(f"unset {OF_THE_WORKER}: with it the worker exports once more what the app exports")
    match asked:
        case "":
            return "azure" if azure else "none"
        case "azure" if not azure:
            raise Misconfigured("set APPLICATIONINSIGHTS_CONNECTION_STRING, for example to InstrumentationKey=…;")
        case "otlp" if not environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
            raise Misconfigured("set OTEL_EXPORTER_OTLP_ENDPOINT, for example to http://127.0.0.1:4318")
        case "azure" | "otlp" | "console" | "none":
            return asked
        case _:
            raise Misconfigured(f"{EXPORTER} must be azure, otlp, console or none, for example none")


def share(environ: Mapping[str, str]) -> float:
    """Of the traces that begin in this app; one that began elsewhere is kept if it was kept there."""
    text = environ.get(SHARE) or "1.0"
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 1:
        raise Misconfigured(f"{SHARE} must be a number from 0 to 1, for example 0.1")
    return found
