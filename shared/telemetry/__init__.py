"""OpenTelemetry, configured by the app itself and once per worker. Nothing leaves it unless a setting says where to."""

from shared.telemetry.invocation import invoked
from shared.telemetry.once import observer

__all__ = ["invoked", "observer"]
