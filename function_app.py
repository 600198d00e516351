"""Every way into the app: routes and feeds. Start reading here."""

import os
import typing

import azure.functions as func

from api import messages
from api.access import AccessSettings
from api.routes import ROUTES
from shared.operating import desk
from shared.pipeline import Consumer, Receive
from shared.runtime import MEASURE_LAG, pipeline
from shared.runtime import app as running
from shared.settings import UNTIL_HANDLED, Settings, feed_binding, hub_binding
from shared.subscriptions import HUBS, feeds_of
from shared.telemetry import invoked, observer

# What is missing or wrong is named when the app starts, not when the first request comes.
SETTINGS, ACCESS = Settings.read(os.environ), AccessSettings.read(os.environ)
app, feeds = func.FunctionApp(http_auth_level=func.AuthLevel[ACCESS.asks_the_platform_for]), func.Blueprint()
observer()


def subscribe(consumer: Consumer, *, to: str) -> None:
    """Give one consumer its own place in one container's change feed."""
    binding = feed_binding(os.environ, consumer.pace)

    @feeds.function_name(consumer.name)
    @feeds.cosmos_db_trigger("changes", container_name=to, lease_container_prefix=f"{consumer.name}-", **binding)
    @feeds.retry(**UNTIL_HANDLED)
    async def on_change(changes: str, context: func.Context) -> None:
        with invoked(context, stage=consumer.name):
            await pipeline().run(consumer, changes, attempt=1 + context.retry_context.retry_count)


def receive(consumer: Receive, *, hub: str) -> None:
    """Give one consumer its own group on one hub. A batch that fails for good would be checkpointed and lost."""

    @feeds.function_name(consumer.name)
    @feeds.event_hub_message_trigger("events", event_hub_name=hub, **hub_binding(consumer.name))
    @feeds.retry(**UNTIL_HANDLED)
    async def on_messages(
        events: typing.List[func.EventHubEvent],  # noqa: UP006 - the worker takes no other spelling
        context: func.Context,
    ) -> None:
        with invoked(context, stage=consumer.name):
            attempt = 1 + context.retry_context.retry_count
            await pipeline().take(consumer, messages.items(events), attempt=attempt)


for container, readers in feeds_of(SETTINGS).items():
    for reader in readers:
        subscribe(reader, to=container)


if SETTINGS.eventhubs:
    for name, receiver in HUBS.items():
        receive(receiver, hub=name)


@feeds.function_name("ring_timers")
@feeds.timer_trigger("timer", schedule="*/2 * * * * *", use_monitor=False)
async def ring_timers(timer: func.TimerRequest, context: func.Context) -> None:  # noqa: ARG001 - the binding names it
    """Deadlines, repeated asks and claims that ran out."""
    with invoked(context, stage="ring_timers"):
        await running().timers.ring()


@feeds.function_name("measure_standing")
@feeds.timer_trigger("timer", schedule="*/30 * * * * *", use_monitor=False)
async def measure_standing(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the binding names it
    """What is parked, stuck, or asked for in vain, for alerts."""
    await running().standing.measure()


@feeds.function_name("watch_sagas")
@feeds.timer_trigger("timer", schedule="15 * * * * *", use_monitor=False)
async def watch_sagas(timer: func.TimerRequest, context: func.Context) -> None:  # noqa: ARG001 - the binding names it
    """Nudges the sagas that no timer has moved on in time, and names those that need a person."""
    with invoked(context, stage="watch_sagas"):
        await desk().watchdog.watch()


@feeds.function_name("release_known")
@feeds.timer_trigger("timer", schedule="45 * * * * *", use_monitor=False)
async def release_known(timer: func.TimerRequest, context: func.Context) -> None:  # noqa: ARG001 - the binding names it
    """Lanes of a version that was unknown go in once this one knows it: one first, then all that failed like it."""
    with invoked(context):
        await desk().known.release()


@feeds.function_name(MEASURE_LAG)
@feeds.timer_trigger("timer", schedule="*/20 * * * * *", use_monitor=False)
async def measure_lag(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the binding names it
    """How far behind every feed is, and how many keys are parked."""
    await running().watch.measure()


for blueprint in (*ROUTES, feeds):
    app.register_functions(blueprint)
