"""Whether a store takes bulk requests: assumed, or found out once by asking."""

import asyncio
import logging
from typing import Final, Protocol

from azure.core.exceptions import AzureError, HttpResponseError
from azure.cosmos.aio import ContainerProxy

from shared.cosmos.bulk_operation import Operation
from shared.cosmos.bulk_request import send
from shared.kernel import Key

log = logging.getLogger("orderflow.cosmos")

# Their statuses say something about now, not about what the store can do.
_PASSING: Final = frozenset({408, 410, 429, 449, 503})
_ANSWERED: Final = frozenset({200, 404})
_NOBODY: Final = "orderflow-asks-for-bulk"


class Support(Protocol):
    async def is_there(self, container: ContainerProxy, name: str, partition: str) -> bool:
        """`partition` is any key in the range of that id."""
        ...


class Assumed:
    """For an account that is known to take them."""

    async def is_there(self, container: ContainerProxy, name: str, partition: str) -> bool:
        del container, name, partition
        return True


class Probed:
    """Asks once, with two reads of items that are not there; says so in the log when the answer is no."""

    def __init__(self) -> None:
        self._known: bool | None = None
        self._asking = asyncio.Lock()

    async def is_there(self, container: ContainerProxy, name: str, partition: str) -> bool:
        """While nobody answers it is no, and the next one asks again."""
        if self._known is None:
            async with self._asking:
                if self._known is None:
                    self._known = await self._asked(container, name, partition)
        return bool(self._known)

    async def _asked(self, container: ContainerProxy, name: str, partition: str) -> bool | None:
        read = Operation("Read", Key(partition, _NOBODY)).text()
        try:
            statuses = [answer.status for answer in await send(container, name, partition, (read, read))]
        except HttpResponseError as refused:
            statuses = [refused.status_code or 0]
        except AzureError:
            return None
        except (KeyError, TypeError, ValueError):
            return _told("its answer is none to one")
        if _PASSING.intersection(statuses):
            return None
        # A store that overlooks the headers takes it for a transaction, where a first failure is the end.
        return (len(statuses) == 2 and _ANSWERED.issuperset(statuses)) or _told(f"it answers {statuses}")  # noqa: PLR2004 - as many as asked


def _told(why: str) -> bool:
    log.warning("this store takes no bulk requests (%s): every row is read and written on its own", why)
    return False
