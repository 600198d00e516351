"""The app's own event loop in its own thread, so that a handler that blocks stalls the app and not the host."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from contextvars import Context
from typing import Any


class AppLoop:
    """Runs coroutines of the app; each becomes a task of its own with a fresh context."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        # A daemon: a handler that never returns must not keep the process from ending.
        self._thread = threading.Thread(target=self._loop.run_forever, name="app", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def submit[T](self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start `work` on the app's loop; the future is for any other thread, cancelling it cancels the task."""
        # Without a fresh context the app would see the host's context variables, the trace of its SDK calls above all.
        return Context().run(asyncio.run_coroutine_threadsafe, work, self._loop)

    def stop(self, *, within: float) -> bool:
        """Cancel what still runs, as the end of a loop does, and end it; False when it takes over `within` seconds."""
        asyncio.run_coroutine_threadsafe(_end_tasks(), self._loop).add_done_callback(
            lambda _: self._loop.call_soon_threadsafe(self._loop.stop)
        )
        self._thread.join(within)
        return not self._thread.is_alive()


async def _end_tasks() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
