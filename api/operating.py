"""Routes of operators: what `python -m ops` does, for whoever has no shell. Thin: the desk is in shared/operating."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from time import monotonic
from typing import Final

import azure.functions as func

from api import acts, answers, requests
from api.access import asking
from api.problems import Unacceptable, answered
from shared.kernel.by_hand import Act, NotPossible
from shared.kernel.values import to_text
from shared.operating import desk
from shared.pipeline.deeds import Author, shown
from shared.pipeline.parked import NoSuchLane
from shared.pipeline.replay.edits import NotEditable
from shared.pipeline.replay.mend import NotDroppable
from shared.pipeline.replay.plan import Wanted
from shared.pipeline.replay.shell import Pace
from shared.pipeline.saga_desk import NoSuchSaga

routes = func.Blueprint()

MOST_LANES: Final = 100
# With the last lane's share still well within what the platform waits for an answer.
ENOUGH_SECONDS: Final = 120.0
_LANE: Final = re.compile(r"[A-Za-z0-9_:.@=+-]{1,600}")
_ACTS: Final[Mapping[str, Act]] = {"retry": "retry", "skip": "skip", "compensate": "compensate"}


class _NoTimeLeft(Exception):  # noqa: N818 - not a failure: what is done is told
    """The pace asks for more time than the answer has."""


type Rows = list[dict[str, object]]


@routes.route("api/ops/lanes", methods=["GET"])
@answered
async def list_lanes(req: func.HttpRequest) -> func.HttpResponse:
    """What is parked, oldest first, without content."""
    wanted = Wanted(
        consumer=req.params.get("consumer", ""),
        reason=req.params.get("reason", ""),
        key=req.params.get("key", ""),
    )
    meant = {lot.lane for lot in await desk().replay.plan(wanted)}
    return answers.json([row for row in await desk().replay.parked.all() if row["lane"] in meant])


@routes.route("api/ops/lanes/{lane}", methods=["GET"])
@answered
async def show_lane(req: func.HttpRequest) -> func.HttpResponse:
    """One lane and what waits in it, without content."""
    return answers.json(await _acting(desk().replay.parked.show(_lane(req))))


@routes.route("api/ops/replay", methods=["POST"])
@answered
async def replay_lanes(req: func.HttpRequest) -> func.HttpResponse:
    """In order and at a pace, as many as there is time for; `left` says how many are to be asked for again."""
    wished = requests.body(req, acts.WantedReplay)
    by, at_desk = _author(wished.why), desk().replay
    wanted = Wanted(
        consumer=wished.consumer,
        reason=wished.reason,
        key=wished.key,
        older_than=timedelta(seconds=wished.older_than_seconds),
        lanes=frozenset(wished.lanes),
    )
    lanes, until = await at_desk.meant(wanted), monotonic() + ENOUGH_SECONDS
    if _is_dry(req):
        pace = Pace(wished.ru_per_second, sleep=_waiting(until, gives_up=False))
        expected = await at_desk.rehearse(lanes[:MOST_LANES], pace=pace)
        return answers.json({**expected.as_row(), "left": len(lanes[MOST_LANES:])})
    done: Rows = []
    pace = Pace(wished.ru_per_second, sleep=_waiting(until, gives_up=True))
    with suppress(_NoTimeLeft):
        async for row in at_desk.run(lanes[:MOST_LANES], by, pace=pace, comes_back=False):
            done.append(row)
            if monotonic() > until:
                break
    return answers.json({"lanes": done, "left": len(lanes) - len(done)})


@routes.route("api/ops/lanes/{lane}/edit", methods=["POST"])
@answered
async def edit_lane(req: func.HttpRequest) -> func.HttpResponse:
    """Mend one event or message that waits, then replay what waits of that order."""
    lane, wished = _lane(req), requests.body(req, acts.WantedEdit)
    by, mending = _author(wished.why), desk().mending
    if _is_dry(req):
        act = mending.rehearse(lambda there: there.edit_and_replay(lane, wished.set, by, at=wished.at))
        return answers.json((await _acting(act)).as_row())
    rows = await _acting(mending.edit_and_replay(lane, wished.set, by, at=wished.at))
    return answers.json({"lanes": rows, "left": 0})


@routes.route("api/ops/lanes/{lane}/drop", methods=["POST"])
@answered
async def drop_lane(req: func.HttpRequest) -> func.HttpResponse:
    """Go on without one that waits, then replay what is behind it."""
    lane, wished = _lane(req), requests.body(req, acts.WantedDrop)
    by, mending = _author(wished.why), desk().mending
    if _is_dry(req):
        act = mending.rehearse(lambda there: there.drop_and_replay(lane, by, at=wished.at))
        return answers.json((await _acting(act)).as_row())
    return answers.json({"lanes": await _acting(mending.drop_and_replay(lane, by, at=wished.at)), "left": 0})


@routes.route("api/ops/sagas", methods=["GET"])
@answered
async def list_sagas(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the binding names it
    """Those that need a person."""
    return answers.json(await desk().watchdog.attention())


@routes.route("api/ops/sagas/{orderId}/{act}", methods=["POST"])
@answered
async def act_on_saga(req: func.HttpRequest) -> func.HttpResponse:
    """Retry, skip or compensate, where the machine lets it."""
    wished, order_id = requests.body(req, acts.WantedAct), requests.path_id(req, "orderId")
    act = _ACTS.get(req.route_params.get("act", ""))
    if order_id is None or act is None:
        raise Unacceptable(HTTPStatus.NOT_FOUND, "no_such_saga", "no saga was begun for such an order")
    by, at_desk = _author(wished.why), desk().sagas
    if _is_dry(req):
        return answers.json((await _acting(at_desk.rehearse(act, order_id, by, step=wished.step))).as_row())
    return answers.json(await _acting(at_desk.act(act, order_id, by, step=wished.step)))


@routes.route("api/ops/deeds", methods=["GET"])
@answered
async def list_deeds(req: func.HttpRequest) -> func.HttpResponse:
    """Who did what, when and why, the newest first, of the last thirty days."""
    since = to_text(datetime.now(UTC) - timedelta(days=30))
    return answers.json([shown(deed) for deed in await desk().deeds.since(since, requests.limit(req))])


def _author(why: str) -> Author:
    """Whoever is known by name; a key of the app opens the door, and says no more than which key it was."""
    found = asking()
    return Author(found.caller.id or found.account or "somebody", why)


def _waiting(until: float, *, gives_up: bool) -> Callable[[float], Awaitable[None]]:
    """Nobody waits for a moment that is too late: he stops and says what is done, or goes on where nothing is."""

    async def sleep(seconds: float) -> None:
        if monotonic() + seconds <= until:
            await asyncio.sleep(seconds)
        elif gives_up:
            raise _NoTimeLeft

    return sleep


def _is_dry(req: func.HttpRequest) -> bool:
    """Whatever cannot be understood changes nothing either."""
    return str(req.params.get("dryRun", "false")).lower() != "false"


def _lane(req: func.HttpRequest) -> str:
    lane = str(req.route_params.get("lane", ""))
    if not _LANE.fullmatch(lane):
        raise Unacceptable(HTTPStatus.NOT_FOUND, "no_such_lane", "nothing is parked under such a name")
    return lane


async def _acting[T](act: Awaitable[T]) -> T:
    try:
        return await act
    except NoSuchLane as none:
        raise Unacceptable(HTTPStatus.NOT_FOUND, "no_such_lane", str(none)) from none
    except NoSuchSaga as none:
        raise Unacceptable(HTTPStatus.NOT_FOUND, "no_such_saga", str(none)) from none
    except NotEditable as refused:
        raise Unacceptable(HTTPStatus.CONFLICT, "not_editable", str(refused)) from refused
    except NotDroppable as refused:
        raise Unacceptable(HTTPStatus.CONFLICT, "not_droppable", str(refused)) from refused
    except NotPossible as refused:
        raise Unacceptable(HTTPStatus.CONFLICT, "not_possible", str(refused)) from refused
