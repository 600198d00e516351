"""Alive, ready, well: three questions, and what is kept of the last measurement answers the third."""

from datetime import UTC, datetime

import pytest

from shared.lag import Cost, Measurement
from tests.conftest import Endpoint
from tests.e2e.conftest import Answer, Api, Store
from tests.programs import eventually

LONG_AGO = Measurement(datetime(2026, 1, 1, tzinfo=UTC), (), {}, Cost(0, 0.0, 0.0)).as_item()


async def test_alive_and_ready_are_asked_apart(api: Api) -> None:
    live, ready = await api("GET", "/health/live"), await api("GET", "/health/ready")

    assert (live.status, live.body) == (200, {"status": "live"})
    assert (ready.status, ready.body) == (200, {"status": "ready"})


async def test_a_measurer_that_has_fallen_silent_degrades_the_app_until_it_measures_again(
    api: Api, shared_store: Store, shared_settings: dict[str, str]
) -> None:
    leases = shared_store.client.get_database_client(shared_settings["COSMOS_LEASE_DATABASE"])
    kept = leases.get_container_client("leases")

    async def silent() -> Answer | None:
        # The app's own timer writes meanwhile.
        await kept.upsert_item({"id": "measure_lag"} | LONG_AGO)
        answer = await api("GET", "/health")
        return answer if "feed_silent" in str(answer.body) else None

    async def heard() -> bool | None:
        return "feed_silent" not in str((await api("GET", "/health")).body) or None

    degraded = await eventually(silent, what="a silent measurer")
    started = await api("POST", "/admin/functions/measure_lag", json={})
    await eventually(heard, what="a measurement")
    last = (await api("GET", "/health/feeds")).body["last"]

    assert (degraded.status, degraded.body["status"]) == (200, "degraded")
    assert started.status == 202
    assert last["silent"] is False
    assert 0 <= last["age"] < 60


async def test_an_app_that_misses_a_container_is_not_ready_says_which_and_lives_on(
    api: Api, cosmos: Endpoint, request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("--cosmos-endpoint"):
        pytest.skip("only the local server refuses on demand")
    faults = f"{cosmos.url}/_local/faults"
    refusal = {"container": "shipments", "operation": "Containers", "status": 404}

    async with api.session.post(faults, json=refusal) as armed:
        assert armed.status == 200
    try:
        refused = await eventually(lambda: answered(api, "/health", 503), what="not ready")
        ready, live = await api("GET", "/health/ready"), await api("GET", "/health/live")
    finally:
        async with api.session.delete(faults):
            pass

    assert (refused.status, refused.body["status"]) == (503, "not ready")
    assert refused.body["reasons"][0].startswith("shipments: ")
    assert (ready.status, ready.body, live.status) == (503, refused.body, 200)
    await eventually(lambda: answered(api, "/health/ready", 200), what="ready again")


async def answered(api: Api, path: str, status: int) -> Answer | None:
    answer = await api("GET", path)
    return answer if answer.status == status else None
