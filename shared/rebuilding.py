"""Rebuilds as they are put together out of a running app."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import Any

from shared.cosmos import CosmosFeedPages, CosmosRows
from shared.kernel import Misconfigured
from shared.pipeline import Patience, Project
from shared.pipeline.patient import PatientFeedPages
from shared.pipeline.rebuild.backfill import Backfill, Progress
from shared.pipeline.rebuild.closing import Closing
from shared.pipeline.rebuild.pace import Pace
from shared.pipeline.rebuild.rebuild import Rebuild
from shared.runtime import App
from shared.subscriptions import FEEDS, ORDERS


def rebuild(
    app: App, name: str, *, units: float | None = None, tell: Callable[[Progress], None] = lambda _: None
) -> Rebuild:
    """`units` are request units a second. Raises Misconfigured when no view of rows is called that."""
    project = _project(name)
    # Nothing that hands on, asks or takes in: whatever a rebuild does, it does to rows.
    engine = replace(app.pipeline.engine, sagas={}, outlets={}, inboxes={})
    pages = CosmosFeedPages(CosmosRows(app.account, app.settings.database))
    feed = PatientFeedPages(pages, Patience(monotonic))
    pipeline = replace(app.pipeline, engine=engine)
    pace = Pace(units, monotonic)
    return Rebuild(
        project,
        engine,
        feed,
        Backfill(feed, ORDERS, pipeline, pace, monotonic, asyncio.sleep, tell),
        Closing(engine.lanes, app.parked.catalogue),
        monotonic,
    )


def _project(name: str) -> Project[Any, Any]:
    views = {each.projection.name: each for each in FEEDS[ORDERS] if isinstance(each, Project)}
    if (spelt := name.replace("-", "_")) not in views:
        raise Misconfigured(f"no view of rows is called {name}; there are {', '.join(views)}")
    return views[spelt]
