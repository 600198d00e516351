"""Laws that hold for all values and documents."""

from itertools import pairwise

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.cosmos.query import compile_query
from local.cosmos.query.ordering import sort_key
from local.cosmos.query.parse import parse
from local.cosmos.query.text import write_select
from local.cosmos.query.values import UNDEFINED, same
from tests.contracts.query.runs import Document, ask, law, worth
from tests.contracts.query.values import collections, json_values

TRUTHS = st.sampled_from(["true", "false", "undefined", "1", "null", "'a'"])
OPERATORS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])


@law
@given(TRUTHS, TRUTHS, TRUTHS)
def test_and_and_or_are_commutative_associative_and_de_morgan(a: str, b: str, c: str) -> None:
    assert worth(f"{a} AND {b}") is worth(f"{b} AND {a}")
    assert worth(f"{a} OR {b}") is worth(f"{b} OR {a}")
    assert worth(f"({a} AND {b}) AND {c}") is worth(f"{a} AND ({b} AND {c})")
    assert worth(f"({a} OR {b}) OR {c}") is worth(f"{a} OR ({b} OR {c})")
    assert worth(f"NOT ({a} AND {b})") is worth(f"(NOT {a}) OR (NOT {b})")
    assert worth(f"NOT ({a} OR {b})") is worth(f"(NOT {a}) AND (NOT {b})")


@law
@given(json_values, json_values, OPERATORS)
def test_a_comparison_and_its_opposite_never_agree(a: object, b: object, operator: str) -> None:
    document: Document = {"a": a, "b": b}

    said = worth(f"c.a {operator} c.b", document)
    denied = worth(f"NOT (c.a {operator} c.b)", document)

    assert {said, denied} in ({True, False}, {...})


@law
@given(json_values, json_values, OPERATORS)
def test_a_parameter_is_worth_what_the_property_is(a: object, b: object, operator: str) -> None:
    in_document = worth(f"c.a {operator} c.b", {"a": a, "b": b})
    as_parameter = worth(f"c.a {operator} @b", {"a": a}, {"@b": b})

    assert in_document is as_parameter


@law
@given(json_values)
def test_a_value_read_back_from_its_own_text_is_the_same(value: object) -> None:
    text = orjson.dumps(value).decode()

    assert same(worth(text), value)
    assert worth(f"c.v = {text}", {"v": value}) is True


@law
@given(json_values, json_values, json_values)
def test_the_order_of_values_is_total_and_agrees_with_equality(a: object, b: object, c: object) -> None:
    keys = sorted(map(sort_key, (a, b, c, UNDEFINED)))

    assert all(left <= right for left, right in pairwise(keys))
    assert (sort_key(a) == sort_key(b)) is same(a, b)
    assert (sort_key(a) < sort_key(b)) + (sort_key(b) < sort_key(a)) + same(a, b) == 1


@law
@given(collections)
def test_order_by_is_a_stable_sort_and_loses_nothing(documents: list[Document]) -> None:
    ordered = ask("SELECT VALUE c.id FROM c ORDER BY c.a DESC, c.n", documents)

    by_n = sorted(documents, key=lambda document: sort_key(document.get("n", UNDEFINED)))
    by_a_then_n = sorted(by_n, key=lambda document: sort_key(document.get("a", UNDEFINED)), reverse=True)
    assert ordered == [document["id"] for document in by_a_then_n]


@law
@given(collections, st.integers(1, 5))
def test_pages_put_together_are_the_whole(documents: list[Document], size: int) -> None:
    whole = ask("SELECT c.id, c.a FROM c ORDER BY c.a", documents)
    text = "SELECT c.id, c.a FROM c ORDER BY c.a OFFSET @from LIMIT @size"

    pages = [ask(text, documents, {"@from": at, "@size": size}) for at in range(0, len(documents) + 1, size)]

    assert [row for page in pages for row in page] == whole
    assert ask("SELECT TOP @size c.id, c.a FROM c ORDER BY c.a", documents, {"@size": size}) == whole[:size]


@law
@given(collections)
def test_distinct_twice_is_distinct_once(documents: list[Document]) -> None:
    once = ask("SELECT DISTINCT VALUE c.a FROM c", documents)
    twice = ask("SELECT DISTINCT VALUE c.a FROM c", [{"a": value} for value in once])

    assert twice == once
    assert len({sort_key(value) for value in once}) == len(once)


@law
@given(collections)
def test_groups_share_out_every_document(documents: list[Document]) -> None:
    groups = ask("SELECT VALUE COUNT(1) FROM c GROUP BY c.a", documents)
    distinct = ask("SELECT DISTINCT c.a FROM c", documents)

    assert [sum(count for count in groups if isinstance(count, int))] == ask("SELECT VALUE COUNT(1) FROM c", documents)
    assert len(groups) == len(distinct)


@law
@given(collections, json_values)
def test_a_filter_and_what_it_leaves_are_the_whole(documents: list[Document], value: object) -> None:
    parameters = {"@v": value}

    kept = ask("SELECT * FROM c WHERE c.a = @v", documents, parameters)
    rest = ask("SELECT * FROM c WHERE NOT (c.a = @v)", documents, parameters)
    neither = ask("SELECT * FROM c WHERE NOT IS_DEFINED(c.a)", documents, parameters)

    assert len(kept) + len(rest) + len(neither) == len(documents)


TEXTS = [
    "SELECT TOP 2 c.a, c['order'] AS o, NOT c.b = 5 FROM c JOIN i IN c.items WHERE c.x BETWEEN 1 AND 2",
    "SELECT * FROM c WHERE c.z NOT LIKE '%a' ESCAPE 'x' OR c.k NOT IN (1, @p) AND c.z NOT BETWEEN 1 AND c.a",
    "SELECT DISTINCT VALUE {a: [1.5, -2, 'it\\'s'], 'b c': c.a ?? null} FROM c ORDER BY c.a DESC, c.b",
    "SELECT COUNT(1), c.a[0] FROM c.items[1]['x y'] c GROUP BY c.a[0] OFFSET 1 LIMIT @n",
    "SELECT VALUE (SELECT VALUE i FROM i IN c.i) ? EXISTS(SELECT 1) : ARRAY(SELECT * FROM x IN c.x) FROM c",
    "SELECT VALUE -c.a - -1 + ~c.b * (c.c || 'x') FROM (SELECT VALUE c FROM c) AS c WHERE false OR undefined",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_query_written_out_is_the_same_query(text: str) -> None:
    tree = parse(text)

    assert parse(write_select(tree)) == tree
    assert write_select(parse(write_select(tree))) == write_select(tree)


@law
@given(collections)
def test_one_compiled_query_serves_many_executions(documents: list[Document]) -> None:
    query = compile_query("SELECT VALUE c.id FROM c WHERE c.a = @a")

    assert query is compile_query("SELECT VALUE c.id FROM c WHERE c.a = @a")
    for document in documents:
        found = ask(query.text, documents, {"@a": document.get("a", "none")})
        assert ("a" not in document) or document["id"] in found
