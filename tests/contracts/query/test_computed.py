"""Computed properties: read like stored ones, and never listed."""

import orjson
import pytest

from local.cosmos.query import Query, QueryError, compile_query, computed_property, computing
from tests.contracts.query.runs import NOW, Document

DOCUMENTS: list[Document] = [{"id": "1", "name": "Bo", "n": 3}, {"id": "2", "name": "al", "n": 2}, {"id": "3"}]
PROPERTIES: dict[str, Query] = {
    "cp_lower": computed_property("SELECT VALUE LOWER(c.name) FROM c"),
    "cp_square": computed_property("SELECT VALUE POWER(r.n, 2) FROM root r"),
    "name": computed_property("SELECT VALUE UPPER(c.name) FROM c"),
}


def ask_computing(text: str) -> list[object]:
    documents = computing(DOCUMENTS, PROPERTIES, now=NOW)
    return list(compile_query(text).execute(documents, {}, now=NOW))


USES = [
    ("SELECT VALUE c.cp_lower FROM c", ["bo", "al"]),
    ("SELECT VALUE c.id FROM c WHERE c['cp_square'] = 9", ["1"]),
    ("SELECT VALUE c.id FROM c ORDER BY c.cp_lower", ["3", "2", "1"]),
    (
        "SELECT c.cp_lower, COUNT(1) AS k FROM c WHERE IS_DEFINED(c.cp_lower) GROUP BY c.cp_lower",
        [{"cp_lower": "bo", "k": 1}, {"cp_lower": "al", "k": 1}],
    ),
    ("SELECT VALUE c.name FROM c", ["BO", "AL"]),
    ("SELECT * FROM c", DOCUMENTS),
    ("SELECT VALUE c FROM c WHERE c.cp_square = 4", [DOCUMENTS[1]]),
]


@pytest.mark.parametrize(("text", "expected"), USES)
def test_a_computed_property_is_read_by_name_and_not_listed(text: str, expected: list[object]) -> None:
    results = ask_computing(text)

    assert orjson.loads(orjson.dumps(results)) == expected


REFUSED = [
    "SELECT c.name FROM c",
    "SELECT * FROM c",
    "SELECT VALUE 1",
    "SELECT VALUE c.name FROM c WHERE c.n > 1",
    "SELECT DISTINCT VALUE c.name FROM c",
    "SELECT TOP 1 VALUE c.name FROM c",
    "SELECT VALUE c.name FROM c ORDER BY c.n",
    "SELECT VALUE c.name FROM c OFFSET 0 LIMIT 1",
    "SELECT VALUE c.name FROM c GROUP BY c.name",
    "SELECT VALUE COUNT(1) FROM c",
    "SELECT VALUE i FROM i IN c.items",
    "SELECT VALUE i FROM c JOIN i IN c.items",
    "SELECT VALUE (SELECT VALUE 1) FROM c",
    "SELECT VALUE GetCurrentDateTime() FROM c",
    "SELECT VALUE @p FROM c",
    "SELECT VALUE nonsense",
]


@pytest.mark.parametrize("text", REFUSED)
def test_a_definition_is_a_value_of_one_document_and_nothing_more(text: str) -> None:
    with pytest.raises(QueryError):
        computed_property(text)
