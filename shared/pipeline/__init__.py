"""The engine: what makes a feed consumer trustworthy, written once for every view."""

from shared.pipeline.codec import EventCodec
from shared.pipeline.consumers import Consumer, Engine, Project
from shared.pipeline.runner import Pipeline
from shared.pipeline.transact import Cause, Decision, Outdated, Transactor

__all__ = ["Cause", "Consumer", "Decision", "Engine", "EventCodec", "Outdated", "Pipeline", "Project", "Transactor"]
