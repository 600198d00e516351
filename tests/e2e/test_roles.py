"""Every route against every role, on the real app with real tokens: who may not, may not, and learns nothing by it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from api.access import RULES, Role, rule_of
from tests.access.test_rules import FUNCTIONS, ROUTES
from tests.access.tokens import AUDIENCE, Issuer, new_key
from tests.e2e.conftest import Answer, Api, an_order, api_url, host
from tests.e2e.issuer import issuing

METHODS = {
    function["name"]: binding["methods"][0]
    for function in FUNCTIONS
    for binding in function["bindings"]
    if binding["type"] == "httpTrigger"
}
GUARDED = sorted(name for name in ROUTES if not rule_of(name).is_open)
MINE, HIS = "c-mine", "c-his"
ROLES: tuple[Role, ...] = ("customer", "fulfilment", "operator")


@dataclass(frozen=True, slots=True)
class Guarded:
    """An app that asks for tokens, who issues them, and an order of somebody else."""

    api: Api
    issuer: Issuer

    def token(self, *roles: str, **claims: object) -> dict[str, str]:
        said = self.issuer.token(aud=AUDIENCE, roles=list(roles), **{"oid": MINE} | claims)  # type: ignore[arg-type]  # of several types
        return {"Authorization": f"Bearer {said}"}

    async def ask(self, name: str, headers: Mapping[str, str], *, order_id: str, customer: str) -> Answer:
        path = ROUTES[name].format(orderId=order_id, customerId=customer, productId="tea", lane="a", act="retry")
        bodies: dict[str, Any] = {
            "place_order": an_order(customer),
            "place_orders": {"orders": [an_order(customer)]},
            "move_order": {"status": "cancelled"},
        }
        query = {"from": "2026-01-01", "to": "2026-01-02"} if "sales" in path else {}
        return await self.api(METHODS[name], f"/{path}", json=bodies.get(name), headers=headers, params=query)


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with issuing() as opened:
        yield opened


@pytest.fixture(scope="module")
def guarded_url(
    issuer: Issuer, shared_settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    auth = {"AUTH": "entra", "AUTH_ISSUER": issuer.url, "AUTH_AUDIENCE": AUDIENCE, "REQUESTS_PER_MINUTE": "300"}
    quiet = {
        f"AzureWebJobs_{name}_Disabled": "true" for name in (each["name"] for each in FUNCTIONS) if name not in ROUTES
    }
    with host(shared_settings | quiet | auth, tmp_path_factory.mktemp("guarded") / "host.log") as program:
        yield api_url(program)
        assert program.end() == 0


@pytest.fixture
def guarded(session: aiohttp.ClientSession, guarded_url: str, issuer: Issuer) -> Guarded:
    return Guarded(Api(session, guarded_url), issuer)


@pytest.fixture
async def his_order(guarded: Guarded) -> str:
    answer = await guarded.api("POST", "/api/orders", json=an_order(HIS), headers=guarded.token("operator"))
    return str(answer.body["orderId"])


def is_untold(answer: Answer) -> bool:
    """Whether the answer says nothing but no."""
    return set(answer.body) == {"type", "title", "status", "code", "detail", "traceId"}


@pytest.mark.parametrize("name", GUARDED)
async def test_without_a_good_token_no_route_says_anything(guarded: Guarded, name: str) -> None:
    strangers: tuple[dict[str, str], ...] = ({}, {"Authorization": "Bearer x.y.z"}, {"X-MS-CLIENT-PRINCIPAL": "e30="})

    for headers in strangers:
        answer = await guarded.ask(name, headers, order_id="ord_1", customer=MINE)

        assert (answer.status, answer.body["code"]) == (401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert is_untold(answer)


@pytest.mark.parametrize("role", ["", "Operator", *ROLES])
async def test_what_a_role_may_not_is_refused_on_every_route(guarded: Guarded, his_order: str, role: str) -> None:
    for name in GUARDED:
        reach = rule_of(name).of(role) if role in ROLES else "none"
        if reach == "all":
            continue
        headers = guarded.token(role, oid=f"{role or 'nobody'}-of-{name}") if reach == "none" else guarded.token(role)

        answer = await guarded.ask(name, headers, order_id=his_order, customer=HIS)

        if name == "place_orders" and reach == "own":
            answer = Answer(answer.body["results"][0]["status"], {}, answer.body["results"][0]["problem"])
        expected = (404, "order_not_found") if reach == "own" and "orderId" in ROUTES[name] else (403, "forbidden")
        assert (answer.status, answer.body["code"]) == expected, name
        assert is_untold(answer), name


@pytest.mark.parametrize(
    "name", sorted(name for name in RULES if "{orderId}" in ROUTES[name] and RULES[name].customer == "own")
)
async def test_another_customers_order_looks_like_one_that_nobody_placed(
    guarded: Guarded, his_order: str, name: str
) -> None:
    headers = guarded.token("customer")

    his = await guarded.ask(name, headers, order_id=his_order, customer=HIS)
    nobodys = await guarded.ask(name, headers, order_id="ord_nobody", customer=HIS)

    shown = [{part: value for part, value in each.body.items() if part != "traceId"} for each in (his, nobodys)]
    assert shown[0] == shown[1]
    assert {*his.headers} == {*nobodys.headers}


async def test_another_customers_key_is_a_key_of_ones_own(guarded: Guarded) -> None:
    key = {"Idempotency-Key": "the-same-words"}

    mine = await guarded.api("POST", "/api/orders", json=an_order(MINE), headers=guarded.token("customer") | key)
    his = await guarded.api("POST", "/api/orders", json=an_order(HIS), headers=guarded.token("customer", oid=HIS) | key)

    assert (mine.status, his.status) == (201, 201)
    assert mine.body["orderId"] != his.body["orderId"]


async def test_a_customer_lives_with_his_own_orders(guarded: Guarded) -> None:
    headers = guarded.token("customer")
    placed = await guarded.api("POST", "/api/orders", json=an_order(MINE), headers=headers)
    path = f"/api/orders/{placed.body['orderId']}"

    shipped = await guarded.api("PATCH", f"{path}/status", json={"status": "shipped"}, headers=headers)
    cancelled = await guarded.api("PATCH", f"{path}/status", json={"status": "cancelled"}, headers=headers)
    found = await guarded.api("GET", path, headers=headers)
    listed = await guarded.api("GET", f"/api/customers/{MINE}/orders", headers=headers | {"Prefer": "stale-ok"})

    assert (shipped.status, shipped.body["code"]) == (403, "forbidden")
    assert (cancelled.status, found.body["status"], listed.status) == (200, "cancelled", 200)


async def test_a_token_of_another_key_is_no_good_and_a_new_key_of_the_issuer_is(guarded: Guarded) -> None:
    forged = guarded.issuer.token(aud=AUDIENCE, roles=["operator"], key=new_key())

    answer = await guarded.api("GET", "/api/orders", headers={"Authorization": f"Bearer {forged}"})

    assert (answer.status, "signature" in answer.body["detail"]) == (401, True)


async def test_who_asks_too_often_is_told_when_to_come_again(guarded: Guarded) -> None:
    batch = {"orders": [{"customerId": "x"}] * 100}
    headers = guarded.token("operator", oid="eager")

    answers = [await guarded.api("POST", "/api/orders:batch", json=batch, headers=headers) for _ in range(4)]

    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].body["code"] == "too_many_requests"
    assert int(answers[-1].headers["Retry-After"]) >= 1


async def test_no_page_of_another_site_may_talk_to_the_app(guarded: Guarded) -> None:
    origin = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}

    asked = await guarded.api("OPTIONS", "/api/orders", headers=origin)
    sent = await guarded.api(
        "POST", "/api/orders", data=b"{}", headers=guarded.token("operator") | {"Content-Type": "text/plain"}
    )

    assert asked.status == 404
    assert sent.status == 415
    for answer in (asked, sent):
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
