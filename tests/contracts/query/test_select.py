"""What a query returns for the rows it keeps: projection, FROM, JOIN, subqueries, DISTINCT, ORDER BY, paging."""

from collections.abc import Iterator

import pytest

from local.cosmos.query import compile_query
from tests.contracts.query.runs import NOW, Document, ask

ORDERS: list[Document] = [
    {
        "id": "1",
        "state": "open",
        "total": 30,
        "lines": [{"sku": "x", "n": 1}, {"sku": "y", "n": 2}],
        "to": {"city": "Bonn"},
    },
    {"id": "2", "state": "done", "total": 10, "lines": [{"sku": "x", "n": 5}], "to": {"city": "Oslo"}},
    {"id": "3", "state": "open", "total": 20, "lines": []},
]

PROJECTIONS = [
    ("SELECT * FROM c WHERE c.id = '3'", [ORDERS[2]]),
    ("SELECT c.id, c.to.city FROM c", [{"id": "1", "city": "Bonn"}, {"id": "2", "city": "Oslo"}, {"id": "3"}]),
    ("SELECT c.id AS a, c.total b FROM c WHERE c.id = '1'", [{"a": "1", "b": 30}]),
    ("SELECT c['id'], c.lines[0], 1, c.total + 1 FROM c WHERE c.id = '3'", [{"id": "3", "$2": 1, "$3": 21}]),
    ("SELECT VALUE c.to.city FROM c", ["Bonn", "Oslo"]),
    ("SELECT VALUE c FROM c WHERE c.id = '3'", [ORDERS[2]]),
    ("SELECT c FROM c WHERE c.id = '3'", [{"c": ORDERS[2]}]),
    (
        "SELECT VALUE {id: c.id, 'city': c.to.city, t: [c.total, c.gone]} FROM c WHERE c.id = '3'",
        [{"id": "3", "t": [20]}],
    ),
    ("SELECT 'a', \"b\"", [{"$1": "a", "$2": "b"}]),
    ("SELECT undefined", [{}]),
    ("SELECT VALUE undefined", []),
]


@pytest.mark.parametrize(("text", "expected"), PROJECTIONS)
def test_a_projection_leaves_out_what_is_undefined(text: str, expected: list[object]) -> None:
    assert ask(text, ORDERS) == expected


SOURCES = [
    ("SELECT VALUE r.id FROM root r WHERE r.total > 15", ["1", "3"]),
    ("SELECT VALUE orders.id FROM orders", ["1", "2", "3"]),
    ("SELECT VALUE l.sku FROM l IN c.lines", ["x", "y", "x"]),
    ("SELECT * FROM c.to", [{"city": "Bonn"}, {"city": "Oslo"}]),
    ("SELECT VALUE to.city FROM c.to", ["Bonn", "Oslo"]),
    ("SELECT VALUE t.city FROM c['to'] AS t", ["Bonn", "Oslo"]),
    ("SELECT VALUE l.sku FROM c.lines[1] l", ["y"]),
    ("SELECT c.id, l.sku FROM c JOIN l IN c.lines WHERE l.n > 1", [{"id": "1", "sku": "y"}, {"id": "2", "sku": "x"}]),
    ("SELECT VALUE [a.sku, b.sku] FROM c JOIN a IN c.lines JOIN b IN c.lines WHERE a.n < b.n", [["x", "y"]]),
    ("SELECT VALUE t.city FROM c JOIN t IN (SELECT VALUE [c.to]) WHERE IS_DEFINED(t)", ["Bonn", "Oslo"]),
    ("SELECT VALUE many.n FROM c JOIN (SELECT COUNT(1) AS n FROM l IN c.lines) AS many", [2, 1, 0]),
    ("SELECT VALUE s FROM (SELECT VALUE c.state FROM c WHERE c.total < 25) s", ["done", "open"]),
]


@pytest.mark.parametrize(("text", "expected"), SOURCES)
def test_from_and_join_give_one_row_for_each_element(text: str, expected: list[object]) -> None:
    assert ask(text, ORDERS) == expected


SUBQUERIES = [
    ("SELECT VALUE (SELECT VALUE COUNT(1) FROM l IN c.lines) FROM c", [2, 1, 0]),
    (
        "SELECT c.id, (SELECT VALUE l.n FROM l IN c.lines WHERE l.sku = 'y') AS y FROM c",
        [{"id": "1", "y": 2}, {"id": "2"}, {"id": "3"}],
    ),
    ("SELECT VALUE c.id FROM c WHERE EXISTS(SELECT VALUE l FROM l IN c.lines WHERE l.n > 2)", ["2"]),
    ("SELECT VALUE ARRAY(SELECT VALUE l.sku FROM l IN c.lines) FROM c", [["x", "y"], ["x"], []]),
    ("SELECT VALUE (SELECT c.state WHERE c.total > 15).state FROM c", ["open", "open"]),
    ("SELECT VALUE EXISTS(SELECT VALUE undefined)", [False]),
    ("SELECT VALUE EXISTS(SELECT undefined)", [True]),
    ("SELECT VALUE (SELECT VALUE SUM(l.n) FROM l IN c.lines WHERE l.n < c.total) FROM c", [3, 5, 0]),
]


@pytest.mark.parametrize(("text", "expected"), SUBQUERIES)
def test_a_subquery_sees_the_row_around_it(text: str, expected: list[object]) -> None:
    assert ask(text, ORDERS) == expected


PAGES = [
    ("SELECT TOP 2 VALUE c.id FROM c", ["1", "2"]),
    ("SELECT TOP @n VALUE c.id FROM c", ["1"]),
    ("SELECT TOP 0 VALUE c.id FROM c", []),
    ("SELECT VALUE c.id FROM c OFFSET 1 LIMIT 1", ["2"]),
    ("SELECT VALUE c.id FROM c OFFSET @n LIMIT 9", ["2", "3"]),
    ("SELECT VALUE c.id FROM c ORDER BY c.total", ["2", "3", "1"]),
    ("SELECT VALUE c.id FROM c ORDER BY c.total DESC", ["1", "3", "2"]),
    ("SELECT VALUE c.id FROM c ORDER BY c.state DESC, c.total ASC", ["3", "1", "2"]),
    ("SELECT VALUE c.id FROM c ORDER BY c.state", ["2", "1", "3"]),
    ("SELECT TOP 1 VALUE c.id FROM c ORDER BY c['to'].city DESC", ["2"]),
    ("SELECT VALUE c.id FROM c ORDER BY c.total OFFSET 1 LIMIT 5", ["3", "1"]),
    ("SELECT DISTINCT VALUE c.state FROM c", ["open", "done"]),
    ("SELECT DISTINCT c.state FROM c ORDER BY c.state", [{"state": "done"}, {"state": "open"}]),
]


@pytest.mark.parametrize(("text", "expected"), PAGES)
def test_order_distinct_and_paging_come_after_the_filter(text: str, expected: list[object]) -> None:
    assert ask(text, ORDERS, {"@n": 1}) == expected


def test_types_sort_in_the_order_of_the_service_and_undefined_comes_first() -> None:
    # CosmosUndefinedQueryTests of Azure/azure-cosmos-dotnet-v3.
    ordered: list[object] = [None, False, True, -1, 2.5, 10, "", "a", "b", [1], {"a": 1}]
    documents: list[Document] = [{"v": value} for value in reversed(ordered)] + [{}]

    ascending = ask("SELECT * FROM c ORDER BY c.v", documents)
    descending = ask("SELECT * FROM c ORDER BY c.v DESC", documents)

    assert ascending == [{}, *({"v": value} for value in ordered)]
    assert descending == ascending[::-1]


def test_distinct_tells_types_apart_but_not_the_order_of_properties() -> None:
    documents: list[Document] = [
        {"v": v} for v in (1, 1.0, True, "1", {"a": 1, "b": 2}, {"b": 2, "a": 1}, None, 0, False)
    ]

    assert ask("SELECT DISTINCT VALUE c.v FROM c", documents) == [1, True, "1", {"a": 1, "b": 2}, None, 0, False]


def test_keywords_have_no_case_and_comments_no_meaning() -> None:
    text = "select /* all\nof it */ VaLuE c.id -- the key\nFROM c wHeRe c.total >= 20 order BY c.total desc"

    assert ask(text, ORDERS) == ["1", "3"]


def test_results_come_as_documents_are_read() -> None:
    read: list[object] = []

    def documents() -> Iterator[Document]:
        for order in ORDERS:
            read.append(order["id"])
            yield order

    rows = compile_query("SELECT VALUE c.id FROM c").execute(documents(), {}, now=NOW)

    assert next(rows) == "1"
    assert read == ["1"]
