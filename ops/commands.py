"""The commands, one line each."""

from typing import Final

from ops import (
    capacity,
    carrier,
    containers,
    customers,
    deleted,
    lag,
    lanes,
    mend,
    rebuild,
    rekey,
    replay,
    republish,
    saga,
    status,
    stock,
    views,
    why,
)
from ops.command import Command, on_app

COMMANDS: Final = {
    "parked": Command("List parked keys, oldest first.", on_app(lanes.parked)),
    "show": Command("Show one parked key and what waits behind it.", on_app(lanes.show), lanes.a_lane),
    "release": Command("Put what waits behind parked keys in, if it passes.", on_app(lanes.release), lanes.some_lanes),
    "replay": Command(
        "Put parked keys in again, in order and at a pace; --dry-run says what that would change.",
        on_app(replay.replay),
        replay.arguments,
    ),
    "edit": Command("Mend one event or message that waits, and replay.", on_app(mend.edit), mend.edit_arguments),
    "drop": Command("Go on without one that waits, for a reason.", on_app(mend.drop), mend.drop_arguments),
    "deeds": Command("List who did what, when and why.", on_app(mend.deeds), mend.deeds_arguments),
    "audit": Command("Recompute every total and print the differences.", on_app(views.audit), code=views.code),
    "status": Command("Say how the whole app is.", on_app(status.status), status.arguments, code=status.code),
    "lag": Command("Say how far each consumer is behind.", on_app(lag.lag), lag.arguments),
    "why": Command("Say what led to everything that is stored of an order.", on_app(why.why), why.arguments),
    "saga": Command("Draw the saga, list who needs attention, retry, skip or compensate.", saga.saga, saga.arguments),
    "scan": Command("Say over the hub what a carrier would of a parcel.", carrier.scan, carrier.arguments),
    "erase-customer": Command(
        "Erase what is kept of a customer, and name what is beyond reach.", on_app(customers.erase), customers.arguments
    ),
    "purge": Command("Delete the events of deleted orders for good.", on_app(deleted.purge), deleted.arguments),
    "stock": Command("Set or show how many pieces of products there are.", on_app(stock.stock), stock.arguments),
    "republish": Command(
        "Publish events once more, marked as a replay.", on_app(republish.republish), republish.arguments
    ),
    "rebuild": Command("Grow a view anew, compare it and put it in its place.", rebuild.rebuild, rebuild.arguments),
    "rekey": Command("Copy a container into one with another partition key.", on_app(rekey.rekey), rekey.arguments),
    "provision": Command("Make the containers as declared.", containers.provisioned, containers.arguments),
    "plan": Command("Estimate what a number of orders needs of Azure.", capacity.planned, capacity.arguments),
}
