"""Pages of a change feed as they come over the wire, read in one step: a third of what the SDK's iterator spends.

azure-core's hooks name the range and the position, take the answer's body, and leave the SDK an empty one to read. So
the signature, the retries of the request and the failover stay the SDK's.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import orjson

from shared.cosmos.failures import translated
from shared.cosmos.ranges import describe_ranges
from shared.cosmos.rows import CosmosRows
from shared.kernel import Transient
from shared.lag import Keys, PhysicalRange, living
from shared.lag.ranges import covered
from shared.lag.sight import newest_transaction
from shared.ports import FeedPage


class _Gone(Exception):  # noqa: N818 - what became of the range
    """It was split or merged."""


class CosmosFeedPages:
    """A `FeedPages` over all containers of one database."""

    def __init__(self, rows: CosmosRows) -> None:
        self._rows = rows
        self._ranges: dict[str, tuple[PhysicalRange, ...]] = {}

    async def parts(self, container: str, keys: Keys) -> Sequence[Keys]:
        ranges = self._ranges[container] = living(await describe_ranges(await self._rows.container(container)))
        found = tuple(common for each in ranges if (common := keys.common(each.keys)))
        if not covered(keys, found):
            raise Transient(f"{container}: its ranges leave a gap, as in the middle of a split")
        return found

    async def page(self, container: str, keys: Keys, position: str | None, *, most: int) -> FeedPage | None:
        if container not in self._ranges:
            await self.parts(container, keys)
        held = [each for each in self._ranges[container] if each.keys.includes(keys)]
        if not held:
            return None
        answer = _Answer(_headers(held[0], keys, position, most))
        try:
            with translated(f"feed of {container}"):
                await self._ask(container, answer)
        except _Gone:
            return None
        return answer.page(position)

    async def _ask(self, container: str, answer: "_Answer") -> None:
        feed = await self._rows.container(container)
        pages = feed.query_items_change_feed(
            start_time="Beginning", raw_request_hook=answer.instead, raw_response_hook=answer.hear
        ).by_page()
        async for _ in pages:
            # The body is ours already, so the SDK believes the page to be empty.
            return


class _Answer:
    """One request as it has to be, and what came back last: the SDK may have repeated it."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._asked, self._headers, self._body = headers, dict[str, str](), b""

    def instead(self, request: Any) -> None:  # noqa: ANN401 - azure-core hands its untyped request over
        for name in ("x-ms-start-epk", "x-ms-end-epk", "x-ms-read-key-type", "If-None-Match"):
            request.http_request.headers.pop(name, None)
        request.http_request.headers.update(self._asked)

    def hear(self, response: Any) -> None:  # noqa: ANN401 - same
        http = response.http_response
        if http.status_code == HTTPStatus.GONE:
            # The SDK would look for the ranges in its place, and ask them for what `instead` names: for ever.
            raise _Gone
        self._headers = {name.lower(): value for name, value in http.headers.items()}
        if http.status_code == HTTPStatus.OK:
            self._body = http.body()
            http._content = b""  # noqa: SLF001 - azure-core has no other way to take a body over
        else:
            self._body = b""

    def page(self, position: str | None) -> FeedPage:
        items = orjson.loads(self._body)["Documents"] if self._body else []
        etag = self._headers.get("etag") or position or '"0"'
        newest = newest_transaction(self._headers["x-ms-session-token"])
        # At the tail the position may be one of the range's own, beyond any change of these keys.
        return FeedPage(items, etag, int(etag.strip('"')) if items else newest, newest)


def _headers(held: PhysicalRange, keys: Keys, position: str | None, most: int) -> Mapping[str, str]:
    headers = {"x-ms-documentdb-partitionkeyrangeid": held.id, "x-ms-max-item-count": str(most)}
    if position is not None:
        headers["If-None-Match"] = position
    if not keys.includes(held.keys):
        # Half of what has been merged, say.
        headers |= _PART | {"x-ms-start-epk": keys.low, "x-ms-end-epk": keys.high}
    return headers


_PART: Final = {"x-ms-read-key-type": "EffectivePartitionKeyRange"}
