"""The engine: what makes a feed consumer trustworthy, written once for every view."""

from shared.pipeline.advance import Advance
from shared.pipeline.attempts import Outside
from shared.pipeline.audit import Audit
from shared.pipeline.brake import Brake
from shared.pipeline.buckets import Ledgers
from shared.pipeline.cloud_events import CloudEvents
from shared.pipeline.codec import EventCodec
from shared.pipeline.consumers import Consumer, Engine, Inbox, Outlet
from shared.pipeline.count import Count
from shared.pipeline.dispatch import Dispatch
from shared.pipeline.erase import Erase, Erased
from shared.pipeline.erase_parked import Parked
from shared.pipeline.forward import Forward, OneByOne
from shared.pipeline.freshness import Fresh, Freshness
from shared.pipeline.generations import KnownGenerations, ListedGenerations
from shared.pipeline.held import MOST_MESSAGE_BYTES, Held
from shared.pipeline.lag_told import LagTold
from shared.pipeline.lag_watch import LagWatch
from shared.pipeline.lanes import Lanes
from shared.pipeline.one_answer import OneAnswer
from shared.pipeline.parked import ParkedKeys
from shared.pipeline.patience import Patience, Room
from shared.pipeline.patient import PatientBuckets, PatientDue, PatientEvents, PatientMany, PatientPages, PatientRows
from shared.pipeline.project import Project
from shared.pipeline.publish import Publish
from shared.pipeline.purge import Purge
from shared.pipeline.receive import Receive
from shared.pipeline.republish import Republish
from shared.pipeline.ring import Timers
from shared.pipeline.runner import Pipeline
from shared.pipeline.sagas import Sagas
from shared.pipeline.standing import Standing
from shared.pipeline.status import Status
from shared.pipeline.suspects import Suspects
from shared.pipeline.totals import Totals
from shared.pipeline.transact import Cause, Decision, Outdated, Transactor
from shared.pipeline.views import Views
from shared.pipeline.whys import Kept, Whys

__all__ = [
    "MOST_MESSAGE_BYTES",
    "Advance",
    "Audit",
    "Brake",
    "Cause",
    "CloudEvents",
    "Consumer",
    "Count",
    "Decision",
    "Dispatch",
    "Engine",
    "Erase",
    "Erased",
    "EventCodec",
    "Forward",
    "Fresh",
    "Freshness",
    "Held",
    "Inbox",
    "Kept",
    "KnownGenerations",
    "LagTold",
    "LagWatch",
    "Lanes",
    "Ledgers",
    "ListedGenerations",
    "OneAnswer",
    "OneByOne",
    "Outdated",
    "Outlet",
    "Outside",
    "Parked",
    "ParkedKeys",
    "Patience",
    "PatientBuckets",
    "PatientDue",
    "PatientEvents",
    "PatientMany",
    "PatientPages",
    "PatientRows",
    "Pipeline",
    "Project",
    "Publish",
    "Purge",
    "Receive",
    "Republish",
    "Room",
    "Sagas",
    "Standing",
    "Status",
    "Suspects",
    "Timers",
    "Totals",
    "Transactor",
    "Views",
    "Whys",
]
