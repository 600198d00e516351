"""Routes: ASP.NET templates, as the real host registers them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.host.errors import BadSettings
from local.host.routes import decoded, route

SEGMENTS = st.text(st.characters(exclude_characters="/", exclude_categories=["C"]), min_size=1)


def values(template: str, path: str, *, prefix: str = "") -> dict[str, str] | None:
    return route("f", template, prefix=prefix).match("GET", path)


@pytest.mark.parametrize(
    ("template", "path", "expected"),
    [
        ("orders", "/orders", {}),
        ("orders", "/ORDERS/", {}),
        ("orders/{id}", "/orders/5", {"id": "5"}),
        ("orders/{id}", "/orders", None),
        ("orders/{id}", "/orders/5/6", None),
        ("orders/{id?}", "/orders", {}),
        ("orders/{id?}", "/orders/5", {"id": "5"}),
        ("orders/{id=7}", "/orders", {"id": "7"}),
        ("orders/{id:int}", "/orders/5", {"id": "5"}),
        ("orders/{id:int}", "/orders/five", None),
        ("orders/{id:int}", "/orders/3000000000", None),
        ("orders/{id:int:min(3)?}", "/orders/2", None),
        ("orders/{id:int:min(3)?}", "/orders", {}),
        (
            "orders/{id:guid}",
            "/orders/3f2504e0-4f89-11d3-9a0c-0305e82c3301",
            {"id": "3f2504e0-4f89-11d3-9a0c-0305e82c3301"},
        ),
        ("orders/{code:length(3)}", "/orders/ab", None),
        ("orders/{code:range(1,3)}", "/orders/3", {"code": "3"}),
        ("{name:alpha}/{on:bool}", "/tea/True", {"name": "tea", "on": "True"}),
        ("files/{*rest}", "/files/a/b.txt", {"rest": "a/b.txt"}),
        ("files/{*rest}", "/files", {}),
        ("files/{*rest}", "/files/a\nb/c", {"rest": "a\nb/c"}),
        ("{name}.{end}", "/a.b", {"name": "a", "end": "b"}),
        ("", "/", {}),
    ],
)
def test_a_template_matches_as_in_asp_net(template: str, path: str, expected: dict[str, str] | None) -> None:
    assert values(template, path) == expected


@given(SEGMENTS, SEGMENTS)
def test_any_two_segments_arrive_as_they_were_sent(first: str, second: str) -> None:
    assert values("api/{first}/{second}", f"/api/{first}/{second}") == {"first": first, "second": second}


def test_the_prefix_of_host_json_stands_before_every_route() -> None:
    assert values("orders", "/api/orders", prefix="api") == {}
    assert values("orders", "/orders", prefix="api") is None


def test_a_method_that_does_not_fit_is_no_match() -> None:
    only = route("f", "orders", methods=["post"])

    assert only.match("POST", "/orders") == {}
    assert only.match("GET", "/orders") is None


def test_an_encoded_slash_does_not_end_a_segment() -> None:
    assert values("orders/{id}", decoded("/orders/a%2Fb%20c")) == {"id": "a%2Fb c"}


@pytest.mark.parametrize("template", ["orders/{id", "orders/{id:colour}", "orders/{id:min(x)}"])
def test_a_template_that_cannot_be_read_is_refused(template: str) -> None:
    with pytest.raises(BadSettings):
        route("f", template)
