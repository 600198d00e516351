"""The query plan: as Microsoft's planner makes it, and such that the unpatched client merges ranges to the answer."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.cosmos.query import QueryError, compile_query
from tests.contracts.query.ranges import merged
from tests.contracts.query.runs import Document, ask, law
from tests.contracts.query.values import json_values

# The client replaces this by `true`, or by where it stopped; FILTER in the texts below.
PLACEHOLDER = "({documentdb-formattableorderbyquery-filter})"

# Query and rewritten query of QueryPlanBaselineTests in Azure/azure-cosmos-dotnet-v3, on one line.
REWRITTEN = [
    ("SELECT * FROM c", ""),
    ("SELECT TOP 5 * FROM c WHERE c.blah = 5", ""),
    ("SELECT DISTINCT c.blah FROM c", ""),
    ("SELECT VALUE COUNT(1) FROM c", 'SELECT VALUE [{"item": COUNT(1)}] FROM c'),
    ("SELECT VALUE SUM(c.blah) FROM c", 'SELECT VALUE [{"item": SUM(c.blah)}] FROM c'),
    (
        "SELECT TOP 10 VALUE AVG(r.age + 1) FROM Root r",
        'SELECT VALUE [{"item": {"sum": SUM((r.age + 1)), "count": COUNT((r.age + 1))}}] FROM Root AS r',
    ),
    (
        "SELECT VALUE MIN(c.blah) FROM c WHERE c.key > 1",
        (
            'SELECT VALUE [{"item": MIN(c.blah), "item2": {"min": MIN(c.blah), "count": COUNT(c.blah)}}] FROM c '
            "WHERE (c.key > 1)"
        ),
    ),
    (
        "SELECT * FROM Root r WHERE r.key = 'key' ORDER BY r.key",
        (
            'SELECT r._rid, [{"item": r.key}] AS orderByItems, r AS payload FROM Root AS r '
            'WHERE ((r.key = "key") AND FILTER) ORDER BY r.key'
        ),
    ),
    (
        "SELECT TOP 50 r[0] FROM r ORDER BY r.key ASC",
        (
            'SELECT TOP 50 r._rid, [{"item": r.key}] AS orderByItems, {"$1": r[0]} AS payload FROM r '
            "WHERE FILTER ORDER BY r.key ASC"
        ),
    ),
    (
        "SELECT VALUE r.a FROM r WHERE r.d = true ORDER BY r.b",
        (
            'SELECT r._rid, [{"item": r.b}] AS orderByItems, r.a AS payload FROM r '
            "WHERE (((r.d = true) AND FILTER) AND IS_DEFINED(r.a)) ORDER BY r.b"
        ),
    ),
    (
        "SELECT c.blah, c.blah2 FROM Root c ORDER BY c.key DESC",
        (
            'SELECT c._rid, [{"item": c.key}] AS orderByItems, {"blah": c.blah, "blah2": c.blah2} AS payload '
            "FROM Root AS c WHERE FILTER ORDER BY c.key DESC"
        ),
    ),
    ("SELECT * FROM c WHERE c.blah = 5 OFFSET 1 LIMIT 2", "SELECT * FROM c WHERE (c.blah = 5) OFFSET 0 LIMIT 3"),
    ("SELECT * FROM c OFFSET @from LIMIT @size", "SELECT * FROM c OFFSET 0 LIMIT 1379"),
    ("SELECT DISTINCT * FROM c WHERE c.key = 5 OFFSET 1 LIMIT 2", "SELECT DISTINCT * FROM c WHERE (c.key = 5)"),
    ("SELECT DISTINCT TOP 5 VALUE c.name FROM c", "SELECT DISTINCT VALUE c.name FROM c"),
]


def facts(plan: dict[str, object]) -> dict[str, object]:
    query_info = plan["queryInfo"]
    assert isinstance(query_info, dict)
    return query_info


@pytest.mark.parametrize(("text", "expected"), REWRITTEN)
def test_a_query_is_rewritten_as_microsofts_planner_does(text: str, expected: str) -> None:
    plan = compile_query(text).plan({"@from": 42, "@size": 1337})
    rewritten = facts(plan)["rewrittenQuery"]

    assert rewritten == expected.replace("FILTER", PLACEHOLDER)
    assert plan["partitionedQueryExecutionInfoVersion"] == 2


def test_a_plan_tells_the_client_all_it_asks_for() -> None:
    plan = compile_query("SELECT DISTINCT TOP 3 VALUE c.n FROM c ORDER BY c.n DESC").plan()

    assert plan["queryInfo"] == {
        "distinctType": "Ordered",
        "top": 3,
        "offset": None,
        "limit": None,
        "orderBy": ["Descending"],
        "orderByExpressions": ["c.n"],
        "groupByExpressions": [],
        "groupByAliases": [],
        "aggregates": [],
        "groupByAliasToAggregateType": {},
        "rewrittenQuery": (
            'SELECT c._rid, [{"item": c.n}] AS orderByItems, c.n AS payload FROM c '
            "WHERE (FILTER AND IS_DEFINED(c.n)) ORDER BY c.n DESC"
        ).replace("FILTER", PLACEHOLDER),
        "hasSelectValue": True,
        "hasNonStreamingOrderBy": False,
    }


DISTINCT = [
    ("SELECT c.a FROM c", "None"),
    ("SELECT DISTINCT c.a FROM c", "Unordered"),
    ("SELECT DISTINCT c.a FROM c ORDER BY c.a", "Ordered"),
    ("SELECT DISTINCT c.a, c.b FROM c ORDER BY c.b, c.a", "Ordered"),
    ("SELECT DISTINCT c.a FROM c ORDER BY c.b, c.a", "Unordered"),
    ("SELECT DISTINCT * FROM c ORDER BY c.a", "Unordered"),
]


@pytest.mark.parametrize(("text", "expected"), DISTINCT)
def test_distinct_is_ordered_only_where_equal_results_stand_side_by_side(text: str, expected: str) -> None:
    assert facts(compile_query(text).plan())["distinctType"] == expected


MERGES = [
    ("SELECT * FROM c WHERE c.n > 1 AND c.a = @p", False, None),
    ("SELECT c.id FROM c JOIN i IN c.items", False, None),
    ("SELECT * FROM c ORDER BY c.n", True, None),
    ("SELECT TOP 1 * FROM c", True, None),
    ("SELECT * FROM c OFFSET 0 LIMIT 1", True, None),
    ("SELECT DISTINCT c.n FROM c", True, None),
    ("SELECT VALUE COUNT(1) FROM c", True, None),
    ("SELECT VALUE (SELECT VALUE COUNT(1) FROM i IN c.items) FROM c", False, None),
    ("SELECT COUNT(1) FROM c", True, "Cross partition query only supports 'VALUE <AggregateFunc>' for aggregates."),
    (
        "SELECT VALUE [SUM(c.n)] FROM c",
        True,
        "Cross partition query only supports 'VALUE <AggregateFunc>' for aggregates.",
    ),
    ("SELECT c.n FROM c GROUP BY c.n", True, "Query contained GroupBy, which the calling client does not support."),
]


@pytest.mark.parametrize(("text", "needed", "refusal"), MERGES)
def test_a_query_knows_whether_the_client_must_and_can_merge_it(text: str, needed: bool, refusal: str | None) -> None:
    query = compile_query(text)

    assert query.needs_merge is needed
    assert query.merge_refusal == refusal


def test_a_plan_needs_the_parameters_of_its_counts() -> None:
    with pytest.raises(QueryError, match="must be an integer"):
        compile_query("SELECT TOP @n * FROM c").plan()


# `n` has one type, because the client refuses to merge two ("Expected Number, but got String").
MERGED = [
    "SELECT * FROM c",
    "SELECT TOP @size c.id, c.a FROM c",
    "SELECT VALUE c.id FROM c OFFSET @from LIMIT @size",
    "SELECT * FROM c ORDER BY c.n",
    "SELECT c.id, c.a FROM c WHERE IS_DEFINED(c.a) ORDER BY c.n DESC",
    "SELECT VALUE c.a FROM c ORDER BY c.n DESC",
    "SELECT c.a, c.n + 1, c['b'] AS x FROM c ORDER BY c.n DESC, c.m",
    "SELECT c['say \"a\"'], c.items[0] FROM c ORDER BY c.n",
    "SELECT TOP @size VALUE c.id FROM c WHERE c.n >= 0 OR c.m = 1 ORDER BY c.m, c.n DESC",
    "SELECT c.id, i FROM c JOIN i IN c.items ORDER BY c.n OFFSET @from LIMIT @size",
    "SELECT DISTINCT c.n, c.m FROM c",
    "SELECT DISTINCT TOP @size c.n FROM c",
    "SELECT DISTINCT VALUE c.n FROM c ORDER BY c.n DESC",
    "SELECT DISTINCT c.m FROM c ORDER BY c.n, c.m OFFSET @from LIMIT @size",
    "SELECT VALUE COUNT(1) FROM c",
    "SELECT VALUE COUNT(c.a) FROM c WHERE c.n > 0",
    "SELECT VALUE COUNTIF(c.n > 0) FROM c",
    "SELECT VALUE SUM(c.n) FROM c",
    "SELECT VALUE SUM(c.n * i) FROM c JOIN i IN c.items",
    "SELECT VALUE MIN(c.n) FROM c WHERE c.m = 1",
    "SELECT VALUE MAX(c.n) FROM c WHERE c.m = 1",
    "SELECT VALUE AVG(c.n) FROM c WHERE c.n > 1",
]

rows = st.fixed_dictionaries(
    {"n": st.integers(-2, 3), "m": st.integers(0, 2), "items": st.lists(st.integers(0, 3), max_size=2)},
    optional={"a": json_values, "b": json_values, 'say "a"': json_values},
)


@pytest.mark.parametrize("text", MERGED)
@law
@given(
    documents=st.lists(rows, max_size=10),
    cuts=st.lists(st.integers(0, 10), max_size=3),
    start=st.integers(0, 4),
    size=st.integers(0, 4),
)
def test_the_client_merges_any_split_into_the_answer_of_the_whole(
    text: str, documents: list[Document], cuts: list[int], start: int, size: int
) -> None:
    whole = [{**document, "id": str(at), "_rid": f"r{at}"} for at, document in enumerate(documents)]
    ends = [0, *sorted(cuts), len(whole)]
    ranges = [whole[first:last] for first, last in pairwise(ends)]
    parameters = {"@from": start, "@size": size}

    expected = ask(text, whole, parameters)
    seen = merged(text, ranges, parameters)

    # The client gives None for an aggregate over nothing, where one range alone gives no row.
    assert seen == (expected or [None] if "SELECT VALUE M" in text or "AVG" in text else expected)


def test_an_aggregate_a_range_cannot_take_is_passed_over_by_the_client() -> None:
    assert merged("SELECT VALUE SUM(c.n) FROM c", [[{"n": 1}], [{"n": "x"}], [{"n": 2}]], {}) == [3]
    assert merged("SELECT VALUE AVG(c.n) FROM c", [[{"n": 1}], [{"n": "x"}], [{"n": 3}]], {}) == [2]
