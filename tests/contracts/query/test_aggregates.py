"""COUNT, SUM, MIN, MAX, AVG, COUNTIF and GROUP BY, over mixed and missing values.

The first table is AggregateQueryTests.AggregateMixedTypes_baseline.xml of Azure/azure-cosmos-dotnet-v3 in small.
"""

import pytest

from tests.contracts.query.runs import Document, ask

MIXED = [
    ([], {"COUNT": 0, "SUM": 0}),
    ([...], {"COUNT": 0, "SUM": 0}),
    ([3, 1, 2], {"COUNT": 3, "SUM": 6, "MIN": 1, "MAX": 3, "AVG": 2}),
    ([3, ..., 1], {"COUNT": 2, "SUM": 4, "MIN": 1, "MAX": 3, "AVG": 2}),
    ([0.5, 1], {"COUNT": 2, "SUM": 1.5, "MIN": 0.5, "MAX": 1, "AVG": 0.75}),
    (["b", "a"], {"COUNT": 2, "MIN": "a", "MAX": "b"}),
    ([True, False], {"COUNT": 2, "MIN": False, "MAX": True}),
    ([None], {"COUNT": 1, "MIN": None, "MAX": None}),
    ([1, "a", None, True], {"COUNT": 4, "MIN": None, "MAX": "a"}),
    ([1, {}], {"COUNT": 2}),
    ([[]], {"COUNT": 1}),
]


@pytest.mark.parametrize("function", ["COUNT", "SUM", "MIN", "MAX", "AVG"])
@pytest.mark.parametrize(("values", "expected"), MIXED)
def test_an_aggregate_over_what_it_cannot_take_is_undefined(
    function: str, values: list[object], expected: dict[str, object]
) -> None:
    documents: list[Document] = [{} if value is ... else {"v": value} for value in values]

    results = ask("SELECT VALUE AGGREGATE(c.v) FROM c".replace("AGGREGATE", function), documents)

    assert results == ([expected[function]] if function in expected else [])


SALES: list[Document] = [
    {"id": "1", "shop": "a", "n": 2, "ok": True},
    {"id": "2", "shop": "b", "n": 5, "ok": False},
    {"id": "3", "shop": "a", "n": 4},
    {"id": "4", "n": 1, "ok": True},
]

GROUPED = [
    ("SELECT VALUE COUNT(1) FROM c WHERE c.n > 1", [3]),
    ("SELECT VALUE COUNTIF(c.ok) FROM c", [2]),
    ("SELECT COUNT(1) FROM c", [{"$1": 4}]),
    ("SELECT COUNT(1) AS many, MAX(c.n) - MIN(c.n) AS span, 'x' AS x FROM c", [{"many": 4, "span": 4, "x": "x"}]),
    ("SELECT VALUE {sum: SUM(c.n), of: [Min(c.n)]} FROM c", [{"sum": 12, "of": [1]}]),
    ("SELECT c.shop FROM c GROUP BY c.shop", [{"shop": "a"}, {"shop": "b"}, {}]),
    ("SELECT VALUE c.shop FROM c GROUP BY c.shop", ["a", "b"]),
    (
        "SELECT c.shop, COUNT(1) AS k, AVG(c.n) AS mean FROM c GROUP BY c.shop",
        [{"shop": "a", "k": 2, "mean": 3}, {"shop": "b", "k": 1, "mean": 5}, {"k": 1, "mean": 1}],
    ),
    ("SELECT VALUE SUM(c.n) FROM c GROUP BY c.shop, c.ok", [2, 5, 4, 1]),
    (
        "SELECT c['shop'] AS s, UPPER(c.shop) AS u FROM c GROUP BY c.shop",
        [{"s": "a", "u": "A"}, {"s": "b", "u": "B"}, {}],
    ),
    ("SELECT c.n % 2 AS odd, SUM(c.n) AS s FROM c GROUP BY c.n % 2", [{"odd": 0, "s": 6}, {"odd": 1, "s": 6}]),
    ("SELECT VALUE COUNT(1) FROM c GROUP BY c.shop OFFSET 1 LIMIT 1", [1]),
    ("SELECT DISTINCT VALUE COUNT(1) FROM c GROUP BY c.shop", [2, 1]),
    ("SELECT VALUE SUM(c.n) FROM c WHERE false", [0]),
    ("SELECT c.shop, COUNT(1) AS k FROM c WHERE false GROUP BY c.shop", []),
]


@pytest.mark.parametrize(("text", "expected"), GROUPED)
def test_groups_keep_types_apart_and_missing_keys_together(text: str, expected: list[object]) -> None:
    assert ask(text, SALES) == expected
