"""Whatever is published is what its schema says, and the documents are those of the types."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

from local.schemas import DOCS, asyncapi, files
from orders.events import ORDER_EVENTS, OrderEvent, OrderPlaced
from orders.publication import ORDER_PUBLICATION
from shared.kernel import Recorded
from shared.pipeline import CloudEvents
from shared.pipeline.schemas import data_schema, event_schema, file_of
from tests.orders import EPOCH, a_line, lines, recorded, usd

EVENTS, AGAIN = CloudEvents(ORDER_PUBLICATION), CloudEvents(ORDER_PUBLICATION, is_replay=True)
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
words = st.text(max_size=20)
bodies = st.one_of(*(st.from_type(kind) for kind in ORDER_EVENTS if kind is not OrderPlaced)) | st.builds(
    OrderPlaced, st.lists(lines, min_size=1, max_size=3).map(tuple), st.integers(0, 10**12).map(usd), words
)


def _validator(kind: type[OrderEvent]) -> Draft202012Validator:
    """Of a whole message, as the AsyncAPI document puts it together."""
    data = Resource.from_contents(data_schema(ORDER_PUBLICATION, kind))
    name = f"schemas/{file_of(ORDER_PUBLICATION, kind)}"
    schema = event_schema(ORDER_PUBLICATION, kind)
    return Draft202012Validator(schema, registry=Registry().with_resource(name, data), format_checker=FormatChecker())


VALIDATORS = {kind: _validator(kind) for kind in ORDER_EVENTS}


@given(bodies, st.integers(1, 10**7), st.sampled_from(["", TRACE]), st.sampled_from([EVENTS, AGAIN]))
def test_every_event_that_is_published_is_what_its_schema_says(
    body: OrderEvent, sequence: int, trace: str, writer: CloudEvents[OrderEvent]
) -> None:
    kind = type(body)

    message = json.loads(writer.encode(Recorded(body, "o1", "c1", sequence, EPOCH, traceparent=trace)))

    VALIDATORS[kind].validate(message)
    told = data_schema(ORDER_PUBLICATION, kind)
    assert message["dataschema"] == told["$id"]
    assert message["data"].keys() == told["properties"].keys()
    assert message.keys() <= event_schema(ORDER_PUBLICATION, kind)["properties"].keys()
    assert ("traceparent" in message, "replay" in message) == (bool(trace), writer is AGAIN)


@pytest.mark.parametrize("changed", [{"sequence": 1}, {"id": ""}, {"data": {}}, {"time": 1}, {"type": "OrderPlaced"}])
def test_anything_else_is_not(changed: dict[str, Any]) -> None:
    message = json.loads(EVENTS.encode(recorded([OrderPlaced((a_line(),), usd(500))])[0]))

    assert VALIDATORS[OrderPlaced].is_valid(message)
    assert not VALIDATORS[OrderPlaced].is_valid(message | changed)


def test_an_event_says_who_it_is_and_where_it_stands() -> None:
    message = json.loads(EVENTS.encode(recorded([OrderPlaced((a_line(),), usd(500), "secret")])[0]))

    line = {"productId": "tea", "productName": "Tea", "quantity": 2, "unitPrice": {"minor": 250, "currency": "USD"}}
    assert message == {
        "specversion": "1.0",
        "id": "o1:000001",
        "source": "urn:orderflow:orders",
        "type": "orderflow.OrderPlaced",
        "subject": "o1",
        "time": "2026-01-31T09:30:00.000001Z",
        "datacontenttype": "application/json",
        "dataschema": "urn:orderflow:schema:OrderPlaced:1",
        "sequence": "000001",
        "data": {"customerId": "c1", "lines": [line], "total": {"minor": 500, "currency": "USD"}},
    }


def test_what_is_kept_back_is_in_no_document() -> None:
    hidden = {name for names in ORDER_PUBLICATION.kept_back.values() for name in names}

    assert hidden == {"fingerprint"}
    # What a caller reads over HTTP of an order is another matter.
    published = [(path, text) for path, text in files() if path.name != "openapi.json"]
    assert not [path for path, text in published if any(name in text for name in hidden)]


@pytest.mark.parametrize(("path", "text"), list(files()), ids=lambda value: getattr(value, "name", ""))
def test_the_documents_are_those_of_the_types(path: Any, text: str) -> None:  # noqa: ANN401 - a path
    assert path.read_text() == text, "run `python -m local.schemas`"


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    document = asyncapi()

    found = set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(document)))

    assert found
    for target in found:
        if target.startswith("#/"):
            place: Any = document
            for step in target[2:].split("/"):
                place = place[step]
        else:
            assert (DOCS / target).exists(), target
