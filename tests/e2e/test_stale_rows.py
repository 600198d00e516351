"""A list says of an order that its latest events are still missing, and leaves out what it knows nothing of."""

from pathlib import Path

import aiohttp

from tests.e2e.conftest import Api, Store, api_url, host
from tests.e2e.placing import CODEC, PLACED, Past
from tests.orders import recorded

LISTS = ("/api/orders", "/api/customers/ada/orders")


async def test_a_parked_order_shows_since_when_and_why_it_is_stale_but_not_whose_lane_it_is(
    session: aiohttp.ClientSession, settings: dict[str, str], store: Store, tmp_path: Path
) -> None:
    past = Past(store, "ada")
    healthy, parked = await past.order("1990-01-01"), await past.order("1990-01-02")
    (event,) = recorded([PLACED], stream=parked, customer="ada")
    unreadable = CODEC.encode(event) | {"type": "Unheard"}
    await past.put(unreadable | {"id": "000002", "sequence": 2})
    await past.put(unreadable | {"orderId": "ord_stub"})

    with host(settings, tmp_path / "host.log") as program:
        api = Api(session, api_url(program))
        await api.settled()
        lists = {path: (await api("GET", path)).body for path in LISTS}
        summary = (await api("GET", "/api/customers/ada/orders/summary")).body

    for path, rows in lists.items():
        assert [row["orderId"] for row in rows] == [parked, healthy], path
        assert rows[0]["stale"].keys() == {"since", "reason", "last"}
        assert (rows[0]["stale"]["reason"], rows[0]["stale"]["last"]) == ("unknown_version", 2)
        assert "stale" not in rows[1]
    assert (summary["totalOrders"], summary["totalSpent"]) == (2, 15.98)
