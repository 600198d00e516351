"""What the engine refuses, in the words of the service where Microsoft's tests show them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.cosmos.query import QueryError, compile_query
from tests.contracts.query.runs import ask, law, worth

SYNTAX = [
    ("SELECT * FORM c", "FORM"),
    ("SELECT c.x FROM c WHERE c.x IS NULL", "IS"),
    ("SELECT c.value FROM c", "value"),
    ("SELECT COUNT(*) FROM c", "*"),
    ("SELECT TOP -1 c.name FROM c", "-"),
    ("SELECT c.name FROM c OFFSET 0 LIMIT -1", "-"),
    ("SELECT 'open", "'"),
    ("SELECT 1abc", "1"),
    ("UPDATE c SET c.x = 1", "UPDATE"),
    ("SELECT * FROM c; DROP c", ";"),
]


@pytest.mark.parametrize(("text", "near"), SYNTAX)
def test_a_syntax_error_names_the_place(text: str, near: str) -> None:
    with pytest.raises(QueryError) as refused:
        compile_query(text)

    error = refused.value
    assert error.message == f"Syntax error, incorrect syntax near '{near}'."
    assert error.code == "SC1001"
    assert error.location is not None
    assert text[slice(*error.location)] == near


REFUSED = [
    ("", "SC1001", "unexpected end"),
    ("SELECT", "SC1001", "unexpected end"),
    ("SELECT BADFUNC(r.age) FROM Root r", "SC2005", "'BADFUNC' is not a recognized built-in function name."),
    (
        "SELECT VALUE STARTSWITH(r.k, 'a', 'b', 'c') FROM r",
        "SC2050",
        "STARTSWITH function requires 2 to 3 argument(s).",
    ),
    ("SELECT VALUE ARRAY_CONTAINS_ANY([1])", "SC2050", "ARRAY_CONTAINS_ANY function requires at least 2 argument(s)."),
    ("SELECT VALUE COUNT(1, 2) FROM c", "SC2050", "COUNT function requires 1 argument(s)."),
    ("SELECT VALUE MAX(MIN(r)) FROM r", "SC2101", "Cannot perform an aggregate function on an expression"),
    ("SELECT c.x FROM root r", "SC2001", "Identifier 'c' could not be resolved."),
    ("SELECT * FROM c JOIN d IN e.items", "SC2001", "Identifier 'e' could not be resolved."),
    ("SELECT * FROM c JOIN i IN c.items", "SC2040", "only valid with a single input set"),
    ("SELECT * FROM c JOIN c IN c.items", "SC2001", "'c' is specified more than once"),
    ("SELECT *", "SC2040", "only valid with a single input set"),
    ("SELECT * FROM c GROUP BY c.x", "SC2041", "'SELECT *' is not allowed with GROUP BY."),
    ("SELECT c.y FROM c GROUP BY c.x", "SC2102", "Property reference 'c.y' is invalid in the select list"),
    ("SELECT c.y, COUNT(1) FROM c", "SC2102", "Property reference 'c.y' is invalid"),
    ("SELECT c.x FROM c GROUP BY c.x ORDER BY c.x", "SC2001", "'ORDER BY' is not allowed with GROUP BY."),
    ("SELECT c.x FROM c WHERE COUNT(1) > 1", "SC2001", "'COUNT' is only allowed in the SELECT clause"),
    ("SELECT * FROM c ORDER BY LOWER(c.x)", "SC2206", "could not be mapped to a document path"),
    ("SELECT VALUE i FROM i IN c.items ORDER BY i.x", "SC2206", "could not be mapped to a document path"),
    (
        "SELECT (SELECT VALUE i FROM i IN c.items ORDER BY i.x) FROM c",
        "SC2202",
        "'ORDER BY' is not supported in subqueries.",
    ),
    ("SELECT (SELECT TOP 1 VALUE i FROM i IN c.items) FROM c", "SC2203", "'TOP' is not supported in subqueries."),
    (
        "SELECT EXISTS(SELECT VALUE 1 OFFSET 0 LIMIT 1)",
        "SC2204",
        "'OFFSET LIMIT' clause is not supported in subqueries.",
    ),
    ("SELECT (SELECT VALUE COUNT(1) FROM c)", "SC2001", "Identifier 'c' could not be resolved."),
    ("SELECT udf.tax(c.x) FROM c", "SC2001", "User-defined functions are not supported here: 'udf.tax'."),
    ("SELECT VALUE VECTORDISTANCE(c.v, [1]) FROM c", "SC2005", "'VECTORDISTANCE' is not supported here"),
    ("SELECT TOP 4294967296 VALUE 1 FROM c", "SC2060", "exceeds the maximum allowed value"),
    ("SELECT VALUE 1 FROM c OFFSET 1.5 LIMIT 1", "SC2062", "must be an integer"),
    ("SELECT TOP 1 VALUE 1 FROM c OFFSET 1 LIMIT 1", "SC2001", "'TOP' is not allowed together with 'OFFSET LIMIT'."),
    ("SELECT VALUE 1e999", "SC1001", "invalid numeric value token '1e999'"),
    (r"SELECT VALUE '\q'", "SC1001", "invalid string literal token"),
    (r"SELECT VALUE '\uD83D'", "SC1001", "invalid string literal token"),
    ("SELECT VALUE 'a' LIKE 'b' ESCAPE 'xy'", "SC1001", "ESCAPE"),
    ("SELECT VALUE " + "[" * 200 + "]" * 200, "SC2001", "nested deeper than 128 levels"),
    ("SELECT VALUE " + "NOT " * 5000 + "true", "SC2001", "nested deeper than 128 levels"),
    ("SELECT VALUE 1" + " " * 262_144, "SC1001", "exceeded the maximum limit"),
]


@pytest.mark.parametrize(("text", "code", "message"), REFUSED, ids=range(len(REFUSED)))
def test_a_refusal_says_why(text: str, code: str, message: str) -> None:
    with pytest.raises(QueryError) as refused:
        ask(text)

    assert message in refused.value.message
    assert refused.value.code == code


def test_the_body_of_a_400_has_code_place_and_message() -> None:
    with pytest.raises(QueryError) as refused:
        compile_query("SELECT NOPE() FROM c")

    assert refused.value.entry() == {
        "severity": "Error",
        "location": {"start": 7, "end": 11},
        "code": "SC2005",
        "message": "'NOPE' is not a recognized built-in function name.",
    }


@pytest.mark.parametrize("count", [-1, 1.5, "1", True, None])
def test_a_parameter_that_is_no_count_is_refused_before_anything_is_read(count: object) -> None:
    query = compile_query("SELECT TOP @n * FROM c")

    with pytest.raises(QueryError, match="must be an integer"):
        ask(query.text, [{}], {"@n": count})


def test_a_parameter_that_is_not_given_is_refused() -> None:
    with pytest.raises(QueryError, match="'@missing', which is not given"):
        ask("SELECT * FROM c WHERE c.x = @missing")


def test_a_scalar_subquery_with_two_results_is_refused() -> None:
    with pytest.raises(QueryError, match="cardinality"):
        ask("SELECT (SELECT VALUE i FROM i IN c.items) FROM c", [{"items": [1, 2]}])


def test_a_pattern_python_cannot_read_is_refused() -> None:
    with pytest.raises(QueryError, match="regular expression"):
        ask("SELECT VALUE RegexMatch('a', '(')")


def test_a_thousand_alternatives_are_no_depth() -> None:
    alternatives = " OR ".join(f"(c.id = '{at}' AND c.k = {at})" for at in range(1000))

    assert worth(alternatives, {"id": "7", "k": 7}) is True
    assert worth(alternatives, {"id": "7", "k": 8}) is False


TOKENS = [
    "SELECT",
    "VALUE",
    "*",
    "FROM",
    "c",
    "WHERE",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    "=",
    "<",
    "AND",
    "NOT",
    "IN",
]
TOKENS += [
    "JOIN",
    "ORDER BY",
    "GROUP BY",
    "TOP",
    "1",
    "'a'",
    "@p",
    "COUNT",
    "LIKE",
    "BETWEEN",
    "?",
    ":",
    "??",
    "-",
    "||",
]
TOKENS += [
    "EXISTS",
    "ARRAY",
    "DISTINCT",
    "OFFSET",
    "LIMIT",
    "AS",
    "null",
    "undefined",
    "c.a",
    "LOWER",
    "udf",
    "\\",
    "é",
]


@law
@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(TOKENS), max_size=15).map(" ".join)))
def test_any_text_is_a_query_or_refused(text: str) -> None:
    with suppress(QueryError):
        ask(text, [{"a": 1}, {"a": [1]}], {"@p": 1})


@law
@given(st.lists(st.sampled_from(TOKENS), max_size=12).map(" ".join))
def test_any_expression_is_worth_something_or_refused(text: str) -> None:
    with suppress(QueryError):
        worth(text, {"a": 1}, {"@p": 1})


def test_values_nested_without_end_are_refused_or_undefined() -> None:
    deep: object = 1
    for _ in range(5000):
        deep = [deep]

    with pytest.raises(QueryError, match="'@deep' is nested deeper than 128 levels"):
        ask("SELECT DISTINCT VALUE @deep", (), {"@deep": deep})
    assert worth(f"StringToArray('{'[' * 5000}{']' * 5000}')") is ...
