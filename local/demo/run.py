"""One run: server and host up in a folder of their own, orders in, everything that follows awaited and checked."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import aiohttp
from azure.eventhub.exceptions import EventHubError

from local.demo import paced, shelves
from local.demo.baskets import Basket
from local.demo.charge import request_charge, start_counting
from local.demo.door import HttpDoor, PatientDoor, UnexpectedAnswer
from local.demo.journey import PAYS, journey_of
from local.demo.pictures import taken
from local.demo.progress import Parts
from local.demo.promises import Promises
from local.demo.published import NotRead
from local.demo.report import Report, Waited
from local.demo.rows import BadRow
from local.demo.settled import NotSettled, sagas_ended, settled
from local.demo.shop import Shop
from local.demo.sightings import Sightings, latencies_ms, watched
from local.demo.store import Store, opened
from local.demo.verdict import judge
from local.serve.settings import EXAMPLE, local_settings
from local.serve.stack import Place, Stack, app_running

# A provider that never answers is given up after this, so that nobody waits for long to see it.
HURRIED = {"SAGA_STEP_SECONDS": "8"}


class RunFailed(Exception):  # noqa: N818 - what happened to the run
    """The app did not do its part; the message carries the last lines of server and host."""


async def measured(baskets: Sequence[Basket], parts: Parts) -> Report:
    """Raises RunFailed, or ProgramFailed when server or host does not start or ends."""
    with TemporaryDirectory(prefix="orderflow-demo-") as folder:
        place = Place(cosmos_port=0, api_port=0, file=Path(folder) / "cosmos.sqlite")
        settings = local_settings(HURRIED | os.environ, EXAMPLE)
        async with app_running(place, settings, lambda *_: None) as stack:
            try:
                return await stack.while_both_run(_run(stack, baskets, parts))
            except (
                aiohttp.ClientError,
                BadRow,
                EventHubError,
                NotRead,
                NotSettled,
                TimeoutError,
                UnexpectedAnswer,
            ) as error:
                words = f"{stack.hubs.last_words}\n{stack.cosmos.last_words}\n{stack.host.last_words}"
                raise RunFailed(f"{type(error).__name__}: {error}\n{words}") from error


async def _run(stack: Stack, baskets: Sequence[Basket], parts: Parts) -> Report:
    began = monotonic()
    async with aiohttp.ClientSession() as session, opened(stack.settings) as stored:
        part = _Part(Shop(PatientDoor(HttpDoor(session, stack.api_url))), stored, parts)
        at_once, slowly = paced.parts(baskets)
        levels = shelves.levels_for(baskets)
        await shelves.put_in(levels, stack.settings)
        await start_counting(session, stack.cosmos_url)
        async with watched(stored) as sightings:
            promises = await part.at_once(at_once, sightings)
            placed = await part.at_a_pace(slowly)
        charge = await request_charge(session, stack.cosmos_url)
        with parts.part("rows, totals, books and published events checked"):
            pictures = await taken(
                part.shop,
                stored,
                hubs=stack.settings["EVENTHUBS"],
                promises=promises.kept | placed.kept,
                put_in=levels,
            )
            verdict = judge(pictures)
    journeys = [journey_of(basket.basket_id) for basket in at_once]
    return Report(
        verdict,
        Waited(
            latencies_ms(placed.answered_at, sightings.first_seen), paced.shipped_ms(placed.sent_at, pictures.events)
        ),
        asked_twice=sum(journey.is_asked_twice for journey in journeys),
        in_trouble=sum(journey.token != PAYS for journey in journeys),
        request_charge=charge,
        seconds=monotonic() - began,
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of a run begins when nothing of the one before it goes on any more."""

    shop: Shop
    stored: Store
    parts: Parts

    async def at_once(self, baskets: Sequence[Basket], sightings: Sightings) -> Promises:
        with self.parts.part(f"{len(baskets)} orders placed as fast as they go", total=len(baskets)) as show:
            promises = await self.shop.place_all(baskets, show, room=sightings.room)
        await self._settled()
        return promises

    async def at_a_pace(self, baskets: Sequence[Basket]) -> Promises:
        with self.parts.part(f"{len(baskets)} orders placed at 5 a second", total=len(baskets)) as show:
            promises = await self.shop.place_paced(baskets, show, per_second=paced.PER_SECOND)
        await self._settled()
        return promises

    async def _settled(self) -> None:
        """Every order's saga has begun once the feeds are at their tails; what the sagas did comes by feed, too."""
        with self.parts.part("feeds settled") as show:
            await settled(self.shop.feeds, show)
        with self.parts.part("sagas ended") as show:
            await sagas_ended(self.stored, show)
        with self.parts.part("feeds settled again") as show:
            await settled(self.shop.feeds, show)
