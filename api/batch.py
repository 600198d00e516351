"""Many orders in one request: each with an end of its own, a few at a time."""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

import azure.functions as func

from api import access, answers, requests
from api.placing import Placed, place
from api.problems import answered, current_trace, problem_of
from shared.observer import Spending

routes = func.Blueprint()

AT_ONCE: Final = 8
# What has not begun by then is answered rather than begun; the request's own deadline is later.
WITHIN_SECONDS: Final = 20.0


@routes.route("api/orders:batch", methods=["POST"])
@answered
async def place_orders(req: func.HttpRequest) -> func.HttpResponse:
    """200 whatever becomes of each: `results` has one status for each order, in their order."""
    wanted = requests.body(req, requests.NewBatch[dict[str, object]], most=requests.MAX_BATCH_BODY).orders
    key = requests.idempotency_key(req)
    await access.spend(len(wanted) - 1)
    with Spending() as spent:
        results = await _each(req, wanted, key)
    placed = sum(result["status"] == HTTPStatus.CREATED for result in results)
    return answers.json(
        {
            "placed": placed,
            "failed": len(results) - placed,
            "requestUnits": round(spent.charge, 2),
            "retries": spent.repeats,
            "results": results,
        }
    )


async def _each(req: func.HttpRequest, wanted: Sequence[dict[str, object]], key: str | None) -> list[dict[str, object]]:
    room, deadline = asyncio.Semaphore(AT_ONCE), asyncio.get_running_loop().time() + WITHIN_SECONDS

    async def one(number: int, value: dict[str, object]) -> dict[str, object]:
        async with room:
            try:
                async with asyncio.timeout_at(deadline):
                    return _shown(await _placed(req, value, number, key))
            except Exception as error:  # noqa: BLE001 - the api's edge, once for each order
                problem = problem_of(error, trace_id := current_trace(req), "place_orders")
                return {"status": problem.status.value, "problem": problem.body(trace_id)}

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(number, value)) for number, value in enumerate(wanted)]
    return [task.result() for task in tasks]


async def _placed(req: func.HttpRequest, value: dict[str, object], number: int, key: str | None) -> Placed:
    order = requests.part(value, requests.KeyedOrder, at=f"/orders/{number}")
    # No key has a space, so the batch's own never meets another's.
    own = order.idempotency_key or (f"{key} {number}" if key else None)
    return await place(order, key=own, cause=requests.cause(req))


def _shown(placed: Placed) -> dict[str, object]:
    return {
        "status": HTTPStatus.CREATED.value,
        "location": f"/api/orders/{placed.order_id}",
        "etag": answers.etag(placed.first.sequence)["ETag"],
        "replayed": placed.is_replayed,
        "order": answers.order(placed.first),
    }
