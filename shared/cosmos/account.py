"""One asyncio client per worker, and the containers reached through it."""

import asyncio
import logging
from typing import Final, Self
from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass

from azure.cosmos.aio import ContainerProxy, CosmosClient

from shared.cosmos.failures import translated
from shared.cosmos.metered import Metered
from shared.identity import identity
from shared.kernel import Failure
from shared.observer import SILENT, Observer
from shared.settings import CosmosConnection

# At INFO the SDK logs every request with all its headers: a fifth of its CPU, and noise.
logging.getLogger("azure").setLevel(logging.WARNING)

READY_WITHIN: Final = 5.0


def has_proxy(endpoint: str, proxies: dict[str, str]) -> bool:
    """Whether these, by scheme, are for requests to the endpoint; `no` names exceptions, which alone are no proxy."""
    parts = urlsplit(endpoint)
    named = proxies.get(parts.scheme) or proxies.get("all")
    return bool(named) and not proxy_bypass(parts.hostname or "", proxies)


class Account:
    """Opened lazily inside the worker's event loop; close it when the worker ends."""

    def __init__(self, connection: CosmosConnection, observer: Observer = SILENT) -> None:
        self._identity = None if connection.key else identity(connection.client_id)
        self.client = CosmosClient(
            connection.endpoint,
            self._identity or connection.key,
            # Looking for a proxy costs azure-core two thread hops for every single request, so look once.
            transport=Metered(
                observer,
                use_env_settings=has_proxy(connection.endpoint, getproxies_environment()),
                connection_verify=connection.verify_certificate,
            ),
            user_agent_suffix="orderflow",
            # The engine slows down when the store is busy, so a throttled request must not wait in here unseen.
            retry_throttle_total=-1,
        )

    def container(self, database: str, name: str) -> ContainerProxy:
        return self.client.get_database_client(database).get_container_client(name)

    async def missing(self, database: str, *names: str) -> list[str]:
        """Which of these containers cannot be reached, each with the reason. Costs a metadata read each."""
        found = await asyncio.gather(*(self._trouble(database, name) for name in names))
        return [trouble for trouble in found if trouble]

    async def _trouble(self, database: str, name: str) -> str | None:
        try:
            with translated(f"{database}/{name}"):
                async with asyncio.timeout(READY_WITHIN):
                    await self.container(database, name).read()
        except TimeoutError:
            return f"{name}: no answer within {READY_WITHIN:.0f} s"
        except Failure as failure:
            return f"{name}: {failure}"
        return None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self.client.close()
        if self._identity:
            await self._identity.close()
