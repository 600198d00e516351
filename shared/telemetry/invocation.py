"""One run of a function: the host's trace, the run's id and its costs, whoever set them before or did not."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Protocol

from shared.metrics import ORDER_CHARGE
from shared.observer import Spending, invocation_id
from shared.telemetry.once import observer


class TraceContext(Protocol):
    @property
    def trace_parent(self) -> str: ...

    @property
    def trace_state(self) -> str: ...


class Invocation(Protocol):
    """What is needed of `azure.functions.Context`."""

    @property
    def invocation_id(self) -> str: ...

    @property
    def trace_context(self) -> TraceContext: ...


@contextmanager
def invoked(context: Invocation, *, stage: str = "") -> Generator[None]:
    """`stage` names where in an order's life this run is, for what the order costs; a run that moves none has no name.

    The worker attaches the trace for async functions alone, and only behind its switch; here it is for both.
    Source: azure_functions_runtime 1.3.0, handle_event.py and utils/executor.py.
    """
    run = invocation_id.set(context.invocation_id)
    try:
        if observer().listens:
            with _attached(context.trace_context), Spending(_heard_by(stage) if stage else None):
                yield
        else:
            yield
    finally:
        invocation_id.reset(run)


def _heard_by(stage: str) -> Callable[[float], None]:
    listening = observer()
    return lambda charge: listening.record(ORDER_CHARGE, charge, stage=stage)


@contextmanager
def _attached(trace: TraceContext) -> Generator[None]:
    from opentelemetry import context as contexts  # noqa: PLC0415 - only where somebody listens
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415 - same

    carrier = {"traceparent": trace.trace_parent or "", "tracestate": trace.trace_state or ""}
    token = contexts.attach(TraceContextTextMapPropagator().extract(carrier))
    try:
        yield
    finally:
        contexts.detach(token)
