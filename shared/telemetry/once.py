"""The one observer of this worker, made from its settings when somebody first asks for it."""

import os
from functools import cache

from shared.observer import SILENT, Observer
from shared.telemetry import choice


@cache
def observer() -> Observer:
    """Raises Misconfigured. Without a destination nothing of OpenTelemetry is even imported."""
    kind, share = choice.exporter(os.environ), choice.share(os.environ)
    if kind == "none":
        return SILENT
    from shared.telemetry.exporting import exporters  # noqa: PLC0415 - heavy, and not needed for nothing
    from shared.telemetry.providers import listening  # noqa: PLC0415 - same

    return listening(exporters(kind), share=share, at_once=kind == "console").observer
