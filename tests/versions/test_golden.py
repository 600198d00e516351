"""Every version of every event ever stored is read, and means what it meant. Files are added, never changed."""

import json
from pathlib import Path
from typing import Any

import pytest

from orders.decider import order
from orders.events import ORDER_EVENTS
from orders.versions import ORDER_VERSIONS
from projections import PROJECTIONS, TALLIES
from sagas import SAGAS
from shared.pipeline import EventCodec

STREAMS = sorted((Path(__file__).parent / "streams").glob("*.json"))
CODEC: EventCodec[Any] = EventCodec(*ORDER_EVENTS, versions=ORDER_VERSIONS)


@pytest.fixture(params=STREAMS, ids=lambda path: path.stem)
def golden(request: pytest.FixtureRequest) -> Any:  # noqa: ANN401 - JSON
    return json.loads(request.param.read_text())


def test_every_version_of_every_event_has_its_example() -> None:
    kept = {
        (str(event["type"]), int(event["schemaVersion"]))
        for path in STREAMS
        for event in json.loads(path.read_text())["events"]
    }

    stored = {
        (kind.__name__, version)
        for kind in ORDER_EVENTS
        for version in range(1, ORDER_VERSIONS.current(kind.__name__) + 1)
    }

    assert kept == stored, "add a stream to tests/versions/streams as the app stores it (docs/change.md)"


def test_what_was_stored_means_what_it_meant(golden: Any) -> None:  # noqa: ANN401 - JSON
    events = CODEC.history(golden["events"])
    state = order.fold(event.body for event in events)
    assert state is not None

    means = {
        "order": {name: getattr(state, name) for name in golden["means"]["order"]},
        "rows": {name: getattr(_folded(view, events), "status", None) for name, view in VIEWS.items()},
        "tallies": {tally.name: tally.amounts(_folded(tally, events)) for tally in TALLIES},
    }

    assert means == golden["means"]


def test_what_is_read_is_written_in_the_present_version_and_read_the_same(golden: Any) -> None:  # noqa: ANN401 - JSON
    events = CODEC.history(golden["events"])

    again = [CODEC.encode(event) for event in events]

    assert CODEC.history(again) == events
    assert [item["schemaVersion"] for item in again] == [ORDER_VERSIONS.current(str(item["type"])) for item in again]


@pytest.mark.parametrize("saga", SAGAS, ids=lambda saga: f"{saga.name} {saga.version}")
def test_every_saga_goes_through_what_was_stored(golden: Any, saga: Any) -> None:  # noqa: ANN401 - JSON, any saga
    events = CODEC.history(golden["events"])
    progress, state = saga.begin(events[0]), None

    for event in events:
        state = saga.evolve(state, event.body)
        progress = saga.see(progress, state, event)

    assert progress.mark == len(events)


VIEWS = {view.name: view for view in PROJECTIONS}


def _folded(view: Any, events: Any) -> Any:  # noqa: ANN401 - any view
    row = None
    for event in events:
        row = view.evolve(row, event)
    return row
