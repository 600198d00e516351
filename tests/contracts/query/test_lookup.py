"""What a server can know of a query before it reads a document: values looked for, paths sorted by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.cosmos.query import UNSET, OrderBy, compile_query
from tests.contracts.query.runs import Document, ask, law
from tests.contracts.query.values import json_values

LOOKUPS = [
    ("SELECT * FROM c WHERE c.id = 'a'", ("id",), "a"),
    ("SELECT * FROM c WHERE @id = c.id", ("id",), "p"),
    ("SELECT * FROM r WHERE r.x > 1 AND (r['id'] = @id AND true)", ("id",), "p"),
    ("SELECT * FROM c WHERE c.a.b = null", ("a", "b"), None),
    ("SELECT VALUE i FROM c JOIN i IN c.items WHERE c.id = 'a' AND i = 1", ("id",), "a"),
    ("SELECT VALUE x FROM c.sub x WHERE x.id = 'a'", ("sub", "id"), "a"),
    ("SELECT VALUE x FROM c.sub x WHERE x.id = 'a'", ("id",), UNSET),
    ("SELECT VALUE i FROM c JOIN i IN c.items WHERE i.id = 'a'", ("id",), UNSET),
    ("SELECT VALUE i FROM i IN c.items WHERE i.id = 'a'", ("id",), UNSET),
    ("SELECT * FROM c WHERE c.id = 'a' OR true", ("id",), UNSET),
    ("SELECT * FROM c WHERE NOT (c.id = 'a')", ("id",), UNSET),
    ("SELECT * FROM c WHERE c.id != 'a'", ("id",), UNSET),
    ("SELECT * FROM c WHERE c.id = c.other", ("id",), UNSET),
    ("SELECT * FROM c WHERE c.id = undefined", ("id",), UNSET),
    ("SELECT * FROM c WHERE c.id = 'a' = true", ("id",), UNSET),
    ("SELECT * FROM c", ("id",), UNSET),
]


@pytest.mark.parametrize(("text", "path", "expected"), LOOKUPS)
def test_a_filter_names_the_value_of_a_path_only_when_it_must_be_that(
    text: str, path: tuple[str, ...], expected: object
) -> None:
    assert compile_query(text).equal_to(path, {"@id": "p"}) is expected


@law
@given(st.lists(json_values), json_values)
def test_a_named_value_leaves_out_no_result(values: list[object], wanted: object) -> None:
    documents: list[Document] = [{"v": value} for value in values]
    text = "SELECT * FROM c WHERE c.v = @v AND true"

    value = compile_query(text).equal_to(("v",), {"@v": wanted})

    assert ask(text, documents, {"@v": wanted}) == ask("SELECT * FROM c WHERE c.v = @v", documents, {"@v": value})


def test_the_sorted_paths_are_those_an_index_would_name() -> None:
    query = compile_query("SELECT * FROM c ORDER BY c.a.b DESC, c['order']")

    assert query.order_by == (OrderBy(("a", "b"), descending=True), OrderBy(("order",), descending=False))
    assert compile_query("SELECT VALUE x FROM c.sub x ORDER BY x.n").order_by == (
        OrderBy(("sub", "n"), descending=False),
    )
    assert compile_query("SELECT * FROM c").order_by == ()
