"""Routes of totals: exact, and saying how many orders are missing from them."""

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

import azure.functions as func

from api import answers, requests
from api.filters import day
from api.freshness import freshened
from api.problems import Unacceptable, answered
from projections.daily_sales import daily_sales
from projections.product_sales import bucket, product_sales
from shared.kernel import Tally
from shared.kernel.tally import total
from shared.pipeline import Count
from shared.runtime import app

routes = func.Blueprint()

MOST_DAYS: Final = 31
MOST_MONTHS: Final = 24


@routes.route("api/sales/daily", methods=["GET"])
@answered
async def get_daily_sales(req: func.HttpRequest) -> func.HttpResponse:
    """`from` and `to` are days, both included; a day costs one point read for each of its shards."""
    start, end = _period(req)
    if (end - start).days >= MOST_DAYS:
        raise _unacceptable("to", f"a request spans at most {MOST_DAYS} days")
    days = [str(start + timedelta(days=n)) for n in range((end - start).days + 1)]
    return await _answered(req, daily_sales, {day: day for day in days}, part="days", name="date")


@routes.route("api/products/{productId}/sales", methods=["GET"])
@answered
async def get_product_sales(req: func.HttpRequest) -> func.HttpResponse:
    """Whole months: those that `from` and `to` lie in, and what is between."""
    start, end = _period(req)
    months = list(_months(start, end))
    if len(months) > MOST_MONTHS:
        raise _unacceptable("to", f"a request spans at most {MOST_MONTHS} months")
    product = requests.path_id(req, "productId")
    buckets = {month: bucket(product, month) for month in months} if product else {}
    return await _answered(req, product_sales, buckets, part="months", name="month")


async def _answered(
    req: func.HttpRequest, tally: Tally[Any, Any], buckets: dict[str, str], *, part: str, name: str
) -> func.HttpResponse:
    consumer = Count(tally).name
    headers = await freshened(req, consumer)
    found = await asyncio.gather(*(app().totals.of(tally, each) for each in buckets.values()))
    missing = await app().totals.incomplete(consumer)
    shown = [{name: label, **_shown(amounts)} for label, amounts in zip(buckets, found, strict=True) if amounts]
    body = {**_shown({"orders": 0, "totalMinor": 0, **total(found)}), part: shown}
    return answers.json(body | ({"incomplete": missing} if missing else {}), headers=headers)


def _shown(amounts: dict[str, int]) -> dict[str, object]:
    return {
        ("total" if part == "totalMinor" else part): value / 100 if part == "totalMinor" else value
        for part, value in amounts.items()
    }


def _period(req: func.HttpRequest) -> tuple[date, date]:
    start, end = _day(req, "from"), _day(req, "to")
    if end < start:
        raise _unacceptable("to", "the period ends before it begins")
    return start, end


def _day(req: func.HttpRequest, name: str) -> date:
    found = day(req.params.get(name, ""))
    if found is None:
        raise _unacceptable(name, f"{name} is a date such as 2026-01-31")
    return found


def _months(start: date, end: date) -> Iterator[str]:
    year, month = start.year, start.month
    while (year, month) <= (end.year, end.month):
        yield f"{year:04d}-{month:02d}"
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004 - December


def _unacceptable(name: str, detail: str) -> Unacceptable:
    return Unacceptable.parameter(name, "invalid_period", detail)
