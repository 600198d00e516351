"""One invocation of a function: an id, a bound in time, a line in the log."""

import asyncio
import logging
import secrets
import time
import uuid
from datetime import timedelta

from local.host.app_loop import AppLoop
from local.host.bindings import Function
from local.host.log import current
from local.host.payload import Payload
from local.host.retry import Retry
from local.host.worker import Call, Failed, Reply, Succeeded, Worker

_log = logging.getLogger("host")
_FIRST = Retry()
_TRACE_PARENT_PARTS = 4


class Invoker:
    """Runs attempts on the app's loop and waits for them on the host's.

    `timeout` bounds one attempt. The real host then kills the worker process and with it every other attempt; here
    the attempt is cancelled and counts as failed, the others go on, and a handler that blocks is left behind.
    """

    def __init__(self, worker: Worker, loop: AppLoop, timeout: timedelta | None) -> None:
        self._worker = worker
        self._loop = loop
        self._timeout = timeout
        self._running: set[asyncio.Future[Reply]] = set()
        self._has_left_one_behind = False

    async def run(
        self, function: Function, payload: Payload, *, retry: Retry = _FIRST, trace_parent: str | None = None
    ) -> Reply:
        """The outcome of one attempt. Cancelling the caller leaves the handler running, as losing a lease does."""
        call = Call(function, str(uuid.uuid4()), payload, retry, _child_of(trace_parent))
        began = time.perf_counter()
        attempt = asyncio.wrap_future(self._loop.submit(self._in_app(call)))
        self._running.add(attempt)
        attempt.add_done_callback(self._running.discard)
        seconds = self._timeout.total_seconds() if self._timeout else None
        done, _ = await asyncio.wait({attempt}, timeout=seconds)
        if done:
            reply = attempt.result()
        else:
            attempt.cancel()
            self._has_left_one_behind = True
            reply = Failed(f"Timeout value of {self._timeout} exceeded by function: {function.name}")
        _tell(call, reply, milliseconds=1000 * (time.perf_counter() - began))
        return reply

    async def _in_app(self, call: Call) -> Reply:
        current.set(f"{call.function.name} {call.invocation_id}")
        return await self._worker.invoke(call)

    @property
    def is_settled(self) -> bool:
        """Whether no handler can still be running, one that was left behind by its timeout included."""
        return not self._running and not self._has_left_one_behind


def _child_of(trace_parent: str | None) -> str:
    parts = (trace_parent or "").split("-")
    _, trace, _, flags = parts if len(parts) == _TRACE_PARENT_PARTS else ("", secrets.token_hex(16), "", "01")
    return f"00-{trace}-{secrets.token_hex(8)}-{flags}"


def _tell(call: Call, reply: Reply, *, milliseconds: float) -> None:
    where = (call.function.name, call.invocation_id, call.retry.count, milliseconds)
    match reply:
        case Succeeded():
            _log.info("%s succeeded (id=%s, retry=%d, %.0f ms)", *where)
        case Failed(message, trace):
            _log.error("%s failed (id=%s, retry=%d, %.0f ms): %s %s", *where, message, trace)
