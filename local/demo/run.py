"""One run: server and host up in a folder of their own, orders in, feeds at their tails, every row checked."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import aiohttp

from local.demo import store
from local.demo.baskets import Basket
from local.demo.charge import request_charge, start_counting
from local.demo.journey import journey_of
from local.demo.progress import Parts
from local.demo.report import Report
from local.demo.rows import BadRow
from local.demo.settled import NotSettled, settled
from local.demo.shop import Acknowledged, Shop, UnexpectedAnswer
from local.demo.sightings import latencies_ms, percentile, watch
from local.demo.verdict import Pictures, judge
from local.serve.settings import EXAMPLE, local_settings
from local.serve.stack import Place, Stack, app_running


class RunFailed(Exception):  # noqa: N818 - what happened to the run
    """The app did not do its part; the message carries the last lines of server and host."""


async def measured(baskets: Sequence[Basket], parts: Parts) -> Report:
    """Raises RunFailed, or ProgramFailed when server or host does not start or ends."""
    with TemporaryDirectory(prefix="orderflow-demo-") as folder:
        place = Place(cosmos_port=0, api_port=0, file=Path(folder) / "cosmos.sqlite")
        async with app_running(place, local_settings(os.environ, EXAMPLE), lambda *_: None) as stack:
            try:
                return await stack.while_both_run(_run(stack, baskets, parts))
            except (aiohttp.ClientError, BadRow, NotSettled, TimeoutError, UnexpectedAnswer) as error:
                words = f"{stack.cosmos.last_words}\n{stack.host.last_words}"
                raise RunFailed(f"{type(error).__name__}: {error}\n{words}") from error


async def _run(stack: Stack, baskets: Sequence[Basket], parts: Parts) -> Report:
    began = monotonic()
    async with aiohttp.ClientSession() as session, store.opened(stack.settings) as stored:
        shop = Shop(session, stack.api_url)
        await start_counting(session, stack.cosmos_url)
        promises, first_seen = await _order(shop, stored, baskets, parts)
        charge = await request_charge(session, stack.cosmos_url)
        with parts.part("rows and totals checked"):
            pictures = Pictures(
                asked=promises.rows,
                acknowledged_events=sum(promises.steps),
                events=await store.everything(stored.events),
                poison=await store.everything(stored.poison),
                board=await store.everything(stored.board),
                totals=[
                    *await store.everything(stored.daily_sales),
                    *await store.everything(stored.product_sales),
                ],
                stored=await store.everything(stored.rows),
                answered=await shop.rows_of({basket.customer_id for basket in baskets}),
            )
            verdict = judge(pictures)
    waited = latencies_ms(promises.answered_at, first_seen)
    journeys = [journey_of(basket.basket_id) for basket in baskets]
    return Report(
        verdict,
        asked_twice=sum(journey.is_asked_twice for journey in journeys),
        deleted=sum(journey.is_deleted for journey in journeys),
        p50_view_ms=percentile(waited, 50),
        p99_view_ms=percentile(waited, 99),
        request_charge=charge,
        seconds=monotonic() - began,
    )


async def _order(
    shop: Shop, stored: store.Store, baskets: Sequence[Basket], parts: Parts
) -> tuple[Acknowledged, dict[str, float]]:
    first_seen: dict[str, float] = {}
    watching = asyncio.create_task(watch(stored.rows, first_seen))
    try:
        with parts.part("orders placed and moved on", total=len(baskets)) as show:
            promises = await shop.place_all(baskets, show)
        with parts.part("feeds settled") as show:
            await settled(shop.feeds, show)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    if not watching.cancelled():
        watching.result()
    return promises, first_seen
