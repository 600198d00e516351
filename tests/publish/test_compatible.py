"""What was published once stays readable: each schema allows nothing that its earlier forms did not.

`frozen` keeps each form that a schema had, `NAME.VERSION.json` the first and `NAME.VERSION.2.json` … later ones. Files
are added, never changed.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from orders.events import ORDER_EVENTS, OrderEvent, OrderPlaced, OrderShipped
from orders.publication import ORDER_PUBLICATION
from shared.pipeline.schemas import data_schema
from tests.publish.compatible import broken

FROZEN = Path(__file__).parent / "frozen"
LINE = "$defs.Line.properties"


def kept(kind: type[OrderEvent]) -> list[Any]:
    version = ORDER_PUBLICATION.version_of(kind)
    paths = (FROZEN / f"{kind.__name__}.{version}.json", *FROZEN.glob(f"{kind.__name__}.{version}.*.json"))
    return [json.loads(path.read_text()) for path in paths if path.exists()]


@pytest.mark.parametrize("kind", ORDER_EVENTS, ids=lambda kind: kind.__name__)
def test_whoever_reads_by_an_earlier_schema_reads_what_is_published_now(kind: type[OrderEvent]) -> None:
    now = data_schema(ORDER_PUBLICATION, kind)

    assert [broken(now, before) for before in kept(kind)] == [[]] * len(kept(kind))


@pytest.mark.parametrize("kind", ORDER_EVENTS, ids=lambda kind: kind.__name__)
def test_the_present_schema_is_kept_for_those_who_come_later(kind: type[OrderEvent]) -> None:
    now = data_schema(ORDER_PUBLICATION, kind)

    assert any(not broken(now, before) and not broken(before, now) for before in kept(kind)), (
        f"copy docs/schemas/{kind.__name__} into tests/publish/frozen, beside its earlier forms"
    )


def test_no_version_that_was_published_is_left_out_of_the_documents() -> None:
    documents = {path.name for path in (Path(__file__).parents[2] / "docs" / "schemas").glob("*.json")}

    assert {path.name for path in FROZEN.glob("*.[0-9].json") if path.name.count(".") == 2} <= documents


def changed(schema: Any, place: str, value: object) -> Any:  # noqa: ANN401 - JSON
    """With another value there, or with nothing for None."""
    whole = json.loads(json.dumps(schema))
    *steps, last = place.split(".")
    part = whole
    for step in steps:
        part = part[step]
    if value is None:
        del part[last]
    else:
        part[last] = value
    return whole


@pytest.mark.parametrize(
    ("kind", "place", "value"),
    [
        (OrderPlaced, "required", ["customerId", "lines"]),
        (OrderPlaced, "properties.total", {"type": "integer"}),
        (OrderPlaced, f"{LINE}.quantity", {"type": "number"}),
        (OrderPlaced, f"{LINE}.quantity", {"type": ["integer", "null"]}),
        (OrderPlaced, f"{LINE}.quantity", {}),
        (OrderPlaced, "properties.lines", {"type": "object"}),
        (OrderPlaced, "properties.lines.items", None),
        (OrderPlaced, "$defs.Line.required", []),
        (OrderShipped, "properties.byHand", {"anyOf": [{"type": "boolean"}, {"type": "string"}]}),
    ],
    ids=str,
)
def test_a_change_that_a_reader_would_stumble_over_is_found(kind: type[OrderEvent], place: str, value: object) -> None:
    before = data_schema(ORDER_PUBLICATION, kind)

    assert broken(changed(before, place, value), before)


@pytest.mark.parametrize(
    ("kind", "place", "value"),
    [
        (OrderPlaced, "properties.channel", {"type": "string"}),
        (OrderPlaced, "description", "Better words."),
        (OrderShipped, "properties.trackingId", {"type": "string", "enum": ["TRK"]}),
        (OrderShipped, "properties.byHand", {"const": True, "type": "boolean"}),
    ],
    ids=str,
)
def test_a_change_that_no_reader_notices_is_none(kind: type[OrderEvent], place: str, value: object) -> None:
    before = data_schema(ORDER_PUBLICATION, kind)

    assert broken(changed(before, place, value), before) == []
