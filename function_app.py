"""Every way into the app: routes and feeds. Start reading here."""

import os

import azure.functions as func

from api import commands, health, queries, sagas, sales
from shared.pipeline import Consumer
from shared.runtime import app as running
from shared.runtime import feeds_of, pipeline
from shared.settings import UNTIL_HANDLED, Settings, feed_binding

app, feeds = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION), func.Blueprint()
FEED = feed_binding(os.environ)
# What is missing or wrong is named when the app starts, not when the first request comes.
SETTINGS = Settings.read(os.environ)


def subscribe(consumer: Consumer, *, to: str) -> None:
    """Give one consumer its own place in one container's change feed."""

    @feeds.function_name(consumer.name)
    @feeds.cosmos_db_trigger("changes", container_name=to, lease_container_prefix=f"{consumer.name}-", **FEED)
    @feeds.retry(**UNTIL_HANDLED)
    async def on_change(changes: str, context: func.Context) -> None:
        await pipeline().run(consumer, changes, attempt=1 + context.retry_context.retry_count)


for container, readers in feeds_of(SETTINGS).items():
    for reader in readers:
        subscribe(reader, to=container)


@feeds.function_name("ring_timers")
@feeds.timer_trigger("timer", schedule="*/2 * * * * *", use_monitor=False)
async def ring_timers(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the binding names it
    """Deadlines, repeated asks and claims that ran out."""
    await running().timers.ring()


for blueprint in (commands.routes, queries.routes, sagas.routes, sales.routes, health.routes, feeds):
    app.register_functions(blueprint)
