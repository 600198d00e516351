"""Lists of orders over HTTP: what they hold, how one pages through them, and what they refuse."""

import asyncio
import re
from collections import Counter
from itertools import count
from typing import Any
from uuid import uuid4

import pytest

from tests.e2e.conftest import Api, Store
from tests.e2e.placing import Past

NO_WAIT = {"Prefer": "stale-ok"}
# RFC 7240 section 2.
KEPT = ("stale-ok", "respond-async, Stale-OK ;reason=hurry", 'stale-ok=""', 'x="a\\",b", stale-ok')
OTHERS = ("stale-ok=no", "stale", 'x="a, stale-ok, b"', "stale-ok=no, stale-ok", 'stale-ok="yes"')
LINK = re.compile(r'<(/[^>]*)>; rel="next"')


@pytest.fixture
def past(shared_store: Store, customer: str) -> Past:
    return Past(shared_store, customer)


async def walk(api: Api, path: str, **params: object) -> list[list[dict[str, Any]]]:
    """Every page there is, by following its links; what has not settled by now is not waited for."""
    answer = await api("GET", path, params={name: str(value) for name, value in params.items()}, headers=NO_WAIT)
    pages = [answer.body]
    while "Link" in answer.headers:
        answer = await api("GET", following(answer.headers["Link"]), headers=NO_WAIT)
        pages.append(answer.body)
    return pages


def following(link: str) -> str:
    found = LINK.fullmatch(link)
    assert found, link
    return found[1]


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["orderId"] for row in rows]


def all_ids(pages: list[list[dict[str, Any]]]) -> list[str]:
    return [order_id for rows in pages for order_id in ids(rows)]


async def test_an_order_is_on_the_board_as_it_was_answered(api: Api, customer: str) -> None:
    placed = await api.placed(customer)
    await api.settled()

    answer = await api("GET", "/api/orders", params={"limit": "1000"})

    assert answer.status == 200
    assert [row for row in answer.body if row["customerId"] == customer] == [placed]


async def test_whoever_places_an_order_finds_it_in_every_list_at_once(api: Api, customer: str) -> None:
    await api.settled()

    for number in range(1, 6):
        placed = await api.placed(customer)
        own, board = f"/api/customers/{customer}/orders?limit=1", "/api/orders?limit=1"
        summary = await api("GET", f"/api/customers/{customer}/orders/summary")
        assert [(await api("GET", path)).body for path in (own, board)] == [[placed], [placed]]
        assert summary.body["totalOrders"] == number


async def test_a_wish_not_to_wait_is_found_among_others_and_said_to_be_kept(api: Api, customer: str) -> None:
    kept = {
        wish: (await api("GET", f"/api/customers/{customer}/orders", headers={"Prefer": wish})).headers
        for wish in (*KEPT, *OTHERS)
    }

    assert [headers.get("Preference-Applied") for headers in kept.values()] == [
        *("stale-ok" for _ in KEPT),
        *(None for _ in OTHERS),
    ]


async def test_without_filters_the_board_has_every_order_once_newest_first(api: Api, shared_store: Store) -> None:
    await api.settled()

    pages = await walk(api, "/api/orders", limit=7)

    shown = [(row["createdAt"], row["orderId"]) for rows in pages for row in rows]
    assert shown == sorted(shown, reverse=True)
    stored = [row["orderId"] for row in await shared_store.items("order-board") if row.get("body") is not False]
    assert sorted(order_id for _, order_id in shown) == sorted(stored)
    assert set(await shared_store.expected_rows()) <= set(stored)
    assert {len(rows) for rows in pages[:-1]} <= {7}


async def test_a_date_is_a_whole_utc_day_and_both_ends_count(api: Api, past: Past) -> None:
    moments = ("1981-05-01 23:59:59.999999", "1981-05-02", "1981-05-03 23:59:59.999999", "1981-05-04")
    before, first, last, after = [await past.order(moment) for moment in moments]
    await api.settled()

    async def between(**days: str) -> list[str]:
        return ids((await api("GET", "/api/orders", params=days)).body)

    assert await between(startDate="1981-05-02", endDate="1981-05-03") == [last, first]
    assert await between(startDate="1981-05-01", endDate="1981-05-01") == [before]
    assert await between(startDate="1981-01-01", endDate="1981-12-31") == [after, last, first, before]
    assert await between(startDate="1981-06-01", endDate="1981-12-31") == []
    assert before in await between(endDate="1981-05-01")
    assert after in await between(startDate="1981-05-04", limit="1000")


async def test_filters_combine(api: Api, past: Past) -> None:
    days = {"startDate": "1982-01-01", "endDate": "1982-01-02"}
    pending, shipped = await past.order("1982-01-01"), await past.order("1982-01-02", "shipped")
    delivered = await past.order("1982-01-01 12:00", "delivered")
    await past.order("1982-01-03", "shipped")
    await api.settled()

    async def those(status: str) -> list[str]:
        return ids((await api("GET", "/api/orders", params=days | {"status": status})).body)

    assert await those("shipped") == [shipped]
    assert await those("pending") == [pending]
    assert await those("delivered") == [delivered]
    assert await those("cancelled") == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("status=lost", "invalid_status"),
        ("status=Pending", "invalid_status"),
        ("status=deleted", "invalid_status"),
        ("startDate=yesterday", "invalid_date"),
        ("startDate=2026-02-30", "invalid_date"),
        ("startDate=20260131", "invalid_date"),
        ("startDate=2026-W05-6", "invalid_date"),
        ("endDate=2026-01-31T00:00:00Z", "invalid_date"),
        ("endDate=0000-01-01", "invalid_date"),
        ("endDate=2026-01-3%D9%A1", "invalid_date"),
        ("startDate=2026-02-01&endDate=2026-01-31", "invalid_dates"),
        ("limit=0", "invalid_limit"),
        ("limit=1001", "invalid_limit"),
        ("limit=all", "invalid_limit"),
        ("cursor=x", "invalid_cursor"),
        ("cursor=%00", "invalid_cursor"),
        ("cursor=%E2%98%83", "invalid_cursor"),
    ],
)
async def test_a_bad_value_is_refused_by_its_own_code(api: Api, query: str, code: str) -> None:
    answer = await api("GET", f"/api/orders?{query}")

    assert (answer.status, answer.body["code"]) == (400, code)
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("query", ["startDate=0001-01-01", "endDate=9999-12-31", "limit=1000", "other=x"])
async def test_the_furthest_values_are_fine(api: Api, query: str) -> None:
    assert (await api("GET", f"/api/orders?{query}")).status == 200


@pytest.mark.parametrize(("limit", "sizes"), [(1, [1] * 5), (2, [2, 2, 1]), (4, [4, 1]), (5, [5]), (6, [5])])
async def test_links_lead_through_a_customers_orders_and_end(
    api: Api, customer: str, limit: int, sizes: list[int]
) -> None:
    placed = [(await api.placed(customer))["orderId"] for _ in range(5)]
    await api.settled()

    pages = await walk(api, f"/api/customers/{customer}/orders", limit=limit)

    assert [len(rows) for rows in pages] == sizes
    assert all_ids(pages) == placed[::-1]


async def test_orders_of_one_moment_are_paged_by_their_ids(api: Api, past: Past) -> None:
    same = sorted([await past.order("1983-03-03 03:03:03.000003") for _ in range(7)], reverse=True)
    await api.settled()

    pages = await walk(api, "/api/orders", startDate="1983-03-03", endDate="1983-03-03", limit=2)

    assert all_ids(pages) == same


async def test_a_link_repeats_what_was_asked_but_no_key(api: Api, past: Past) -> None:
    for _ in range(2):
        await past.order("1984-01-01")
    await api.settled()
    asked = {"status": "pending", "startDate": "1984-01-01", "endDate": "1984-01-01", "limit": "1"}

    answer = await api("GET", "/api/orders", params=asked | {"code": "secret-key"})

    link = following(answer.headers["Link"])
    assert link.startswith("/api/orders?status=pending&startDate=1984-01-01&endDate=1984-01-01&limit=1&cursor=")
    assert "secret-key" not in link


async def test_the_size_of_the_next_page_may_change_on_the_way(api: Api, customer: str) -> None:
    placed = [(await api.placed(customer))["orderId"] for _ in range(4)]
    await api.settled()
    first = await api("GET", f"/api/customers/{customer}/orders?limit=1")

    rest = await api("GET", following(first.headers["Link"]).replace("limit=1", "limit=9"))

    assert ids(rest.body) == placed[-2::-1]
    assert "Link" not in rest.headers


async def test_a_cursor_leads_on_nowhere_else_and_not_when_it_was_touched(api: Api, customer: str) -> None:
    for _ in range(2):
        await api.placed(customer)
    await api.settled()
    path = f"/api/customers/{customer}/orders"
    link = (await api("GET", f"{path}?limit=1")).headers["Link"]
    cursor = following(link).rpartition("cursor=")[2]

    for where, shown in (
        (path, cursor[:-1]),
        (path, cursor + "A"),
        (path, cursor.swapcase()),
        (f"/api/customers/{customer}x/orders", cursor),
        ("/api/orders", cursor),
    ):
        answer = await api("GET", where, params={"cursor": shown})
        assert (answer.status, answer.body["code"]) == (400, "invalid_cursor"), where


async def test_a_cursor_of_other_filters_is_refused(api: Api, past: Past) -> None:
    for _ in range(2):
        await past.order("1985-01-01")
    await api.settled()
    asked = {"startDate": "1985-01-01", "endDate": "1985-01-01", "limit": "1"}
    link = (await api("GET", "/api/orders", params=asked)).headers["Link"]
    cursor = following(link).rpartition("cursor=")[2]

    for other in ({"status": "pending"}, {"endDate": "1985-01-02"}):
        answer = await api("GET", "/api/orders", params=asked | other | {"cursor": cursor})
        assert answer.body["code"] == "invalid_cursor"


async def test_pages_show_each_order_that_was_there_once_while_others_are_placed_and_change(
    api: Api, customer: str
) -> None:
    there = [(await api.placed(customer))["orderId"] for _ in range(24)]
    await api.settled()
    ended = asyncio.Event()

    async def busy() -> None:
        for number in count():
            if ended.is_set():
                return
            await api.placed(customer)
            moved = there[number % len(there)]
            await api("PATCH", f"/api/orders/{moved}/status", json={"status": ("shipped", "delivered")[number % 2]})

    async with asyncio.TaskGroup() as group:
        group.create_task(busy())
        board = all_ids(await walk(api, "/api/orders", limit=10))
        own = all_ids(await walk(api, f"/api/customers/{customer}/orders", limit=3))
        pending = all_ids(await walk(api, "/api/orders", limit=10, status="pending"))
        ended.set()

    for shown in (board, own):
        assert [order_id for order_id in shown if order_id in there] == there[::-1]
        assert max(Counter(shown).values()) == 1
    assert max(Counter(pending).values()) == 1


async def test_a_summary_counts_every_order_that_is_not_deleted(api: Api, customer: str) -> None:
    path = f"/api/customers/{customer}/orders/summary"
    orders = [(await api.placed(customer))["orderId"] for _ in range(4)]
    await api("PATCH", f"/api/orders/{orders[0]}/status", json={"status": "shipped"})
    await api("PATCH", f"/api/orders/{orders[1]}/status", json={"status": "cancelled"})
    await api("DELETE", f"/api/orders/{orders[2]}")
    await api.settled()

    answer = await api("GET", path)

    expected = {"customerId": customer, "totalOrders": 3, "totalSpent": 23.97, "averageOrderValue": 7.99}
    assert (answer.status, answer.body) == (200, expected)


@pytest.mark.parametrize("name", ["nobody", "no%20body", "%F0%9F%8D%B5"])
async def test_a_customer_nobody_knows_has_spent_nothing(api: Api, name: str) -> None:
    answer = await api("GET", f"/api/customers/{name}/orders/summary")

    assert answer.status == 200
    assert [answer.body[part] for part in ("totalOrders", "totalSpent", "averageOrderValue")] == [0, 0, 0]


async def test_a_deleted_order_leaves_the_board(api: Api, past: Past) -> None:
    kept, deleted = [await past.order("1986-01-01", order_id=f"ord_{uuid4().hex}") for _ in range(2)]
    await api("DELETE", f"/api/orders/{deleted}")
    await api.settled()

    answer = await api("GET", "/api/orders?startDate=1986-01-01&endDate=1986-01-01")

    assert ids(answer.body) == [kept]
