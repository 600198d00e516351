"""What lives as long as the worker's event loop, and is closed when that ends."""

import asyncio
from collections.abc import Awaitable, Callable


def close_with_loop(close: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
    """Keep the task: the loop cancels it when it ends, and a worker has no other sign of its end."""
    return asyncio.get_running_loop().create_task(_until_cancelled(close))


async def _until_cancelled(close: Callable[[], Awaitable[None]]) -> None:
    try:
        await asyncio.get_running_loop().create_future()
    except asyncio.CancelledError:
        await close()
        raise
