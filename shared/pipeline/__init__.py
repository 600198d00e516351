"""The engine: what makes a feed consumer trustworthy, written once for every view."""

from shared.pipeline.brake import Brake
from shared.pipeline.codec import EventCodec
from shared.pipeline.consumers import Consumer, Engine
from shared.pipeline.forward import Forward, Outlet
from shared.pipeline.freshness import Fresh, Freshness
from shared.pipeline.lanes import Lanes
from shared.pipeline.parked import ParkedKeys
from shared.pipeline.patience import Patience
from shared.pipeline.patient import PatientEvents, PatientPages, PatientRows
from shared.pipeline.project import Project
from shared.pipeline.runner import Pipeline
from shared.pipeline.suspects import Suspects
from shared.pipeline.transact import Cause, Decision, Outdated, Transactor

__all__ = [
    "Brake",
    "Cause",
    "Consumer",
    "Decision",
    "Engine",
    "EventCodec",
    "Forward",
    "Fresh",
    "Freshness",
    "Lanes",
    "Outdated",
    "Outlet",
    "ParkedKeys",
    "Patience",
    "PatientEvents",
    "PatientPages",
    "PatientRows",
    "Pipeline",
    "Project",
    "Suspects",
    "Transactor",
]
