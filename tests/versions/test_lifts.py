"""Older shapes are lifted step by step: none is left unread, none by guessing, and nothing is rewritten."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel import Recorded, Unreadable, Versions
from shared.kernel.versions import Fields
from shared.pipeline import EventCodec
from tests.orders import EPOCH


@dataclass(frozen=True, slots=True)
class Measured:
    """In its third version; `length` was in whole centimetres once, then a number in `size` without its unit."""

    millimetres: int
    by: str


def second(first: Fields) -> Fields:
    return {"size": first["length"], "unit": "cm"}


def third(second: Fields) -> Fields:
    in_one = {"cm": 10, "mm": 1}[str(second["unit"])]
    return {"millimetres": int(str(second["size"])) * in_one, "by": "unknown"}


LIFTS = Versions({"Measured": (second, third)})
CODEC: EventCodec[Measured] = EventCodec(Measured, versions=LIFTS)
numbers = st.integers(-(10**9), 10**9)
SHAPES: Mapping[int, st.SearchStrategy[dict[str, Any]]] = {
    1: st.fixed_dictionaries({"length": numbers}),
    2: st.fixed_dictionaries({"size": numbers, "unit": st.sampled_from(["cm", "mm"])}),
    3: st.fixed_dictionaries({"millimetres": numbers, "by": st.text()}),
}
shapes = st.sampled_from([1, 2, 3]).flatmap(lambda version: st.tuples(st.just(version), SHAPES[version]))


def item(version: object, data: object) -> dict[str, object]:
    stored = CODEC.encode(Recorded(Measured(1, "ada"), "o1", "c1", 1, EPOCH))
    return stored | {"schemaVersion": version, "data": data}


@given(shapes)
def test_whatever_any_version_could_hold_is_read(shape: tuple[int, dict[str, Any]]) -> None:
    assert isinstance(CODEC.decode(item(*shape)).body, Measured)


@given(shapes)
def test_lifting_by_one_step_first_changes_nothing(shape: tuple[int, dict[str, Any]]) -> None:
    version, data = shape
    at_once = LIFTS.lifted("Measured", version, data)

    if version < LIFTS.current("Measured"):
        data = dict(LIFTS.lifts["Measured"][version - 1](data))
        version += 1

    assert LIFTS.lifted("Measured", version, data) == at_once


@given(shapes)
def test_lifting_leaves_what_was_stored_as_it_is(shape: tuple[int, dict[str, Any]]) -> None:
    version, data = shape
    before = deepcopy(data)

    LIFTS.lifted("Measured", version, data)

    assert data == before


@given(SHAPES[3])
def test_the_present_version_is_written_and_comes_back(data: dict[str, Any]) -> None:
    event = Recorded(Measured(**data), "o1", "c1", 1, EPOCH)

    stored = CODEC.encode(event)

    assert stored["schemaVersion"] == 3
    assert CODEC.decode(stored) == event


@pytest.mark.parametrize(
    ("version", "data", "reason"),
    [
        (0, {"length": 1}, "unknown_version"),
        (4, {"length": 1}, "unknown_version"),
        (-1, {"length": 1}, "unknown_version"),
        (2, {"size": 1, "unit": "ell"}, "handler_failed"),
        (1, {}, "handler_failed"),
        (1, None, "unreadable"),
        (3, {"millimetres": "long", "by": "ada"}, "unreadable"),
    ],
)
def test_what_no_step_knows_is_poison_with_its_place_in_the_stream(version: int, data: object, reason: str) -> None:
    event = CODEC.decode(item(version, data))

    assert (event.stream, event.sequence) == ("o1", 1)
    assert isinstance(event.body, Unreadable)
    assert event.body.reason == reason
    assert "ell" not in event.body.detail
