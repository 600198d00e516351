"""Sagas as earlier deployments stored them go on under this one. Files are added, never changed."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sagas import SAGAS
from shared.kernel import Key, Poison
from shared.ports import Stored
from tests.sagas.saga_world import CODEC, ORDER, SagaWorld

STORED = sorted((Path(__file__).parent / "stored").glob("*.json"))


@pytest.fixture(params=STORED, ids=lambda path: path.stem)
def stored(request: pytest.FixtureRequest) -> Any:  # noqa: ANN401 - JSON
    return json.loads(request.param.read_text())


@pytest.fixture
def world(stored: Any) -> SagaWorld:  # noqa: ANN401 - JSON
    made = SagaWorld()
    made.events.streams[ORDER] = {event["id"]: event for event in stored["events"]}
    made.rows.rows["sagas", Key(ORDER, "fulfilment")] = Stored(stored["saga"], etag="as stored")
    return made


async def test_a_stored_saga_asks_for_what_it_asked_for_then(stored: Any, world: SagaWorld) -> None:  # noqa: ANN401
    worker = world.worker()
    instance, state = await worker.find(ORDER), await world.state()
    assert instance is not None
    definition = worker.definition(instance)

    wanted = definition.wanted(instance.progress, ORDER, state)

    assert [ask.name for ask in wanted] == stored["wanted"]


async def test_its_history_leads_to_where_it_stands(stored: Any, world: SagaWorld) -> None:  # noqa: ANN401
    """Time-outs are not in the stream, so phases that they led to are taken from what is stored."""
    instance = await world.worker().find(ORDER)
    assert instance is not None
    definition = world.worker().definition(instance)
    events = CODEC.history(stored["events"])
    progress, state = definition.begin(events[0]), None

    for event in events:
        state = definition.evolve(state, event.body)
        progress = definition.see(progress, state, event)

    rung = {"closing"} if any(each["phase"] == "closing" for each in stored["saga"]["entered"]) else set()
    assert [each.phase for each in progress.entered if each.phase not in rung] == [
        each["phase"] for each in stored["saga"]["entered"] if each["phase"] not in rung
    ]
    assert progress.mark == instance.progress.mark


async def test_what_had_ended_is_not_touched(stored: Any, world: SagaWorld) -> None:  # noqa: ANN401
    world.now += timedelta(days=1)

    await world.touch()

    assert (world.rows.rows["sagas", Key(ORDER, "fulfilment")].etag == "as stored") == ("dueAt" not in stored["saga"])


def test_every_version_has_its_stored_sagas() -> None:
    versions = {int(path.stem.split("-")[0].removeprefix("v")) for path in STORED}

    assert versions == {saga.version for saga in SAGAS}


async def test_a_version_nobody_knows_waits_for_the_deployment_that_does(world: SagaWorld) -> None:
    key = ("sagas", Key(ORDER, "fulfilment"))
    world.rows.rows[key] = Stored({**world.rows.rows[key].item, "version": 99}, etag="as stored")

    with pytest.raises(Poison, match="unknown_version"):
        await world.worker().touch(ORDER)
