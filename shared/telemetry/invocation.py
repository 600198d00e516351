"""One run of a function: the host's trace and the run's id are current within it, whoever set them before."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Protocol

from shared.observer import invocation_id
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
def invoked(context: Invocation) -> Generator[None]:
    """The worker attaches the trace for async functions alone, and only behind its switch; here it is for both.

    Source: azure_functions_runtime 1.3.0, handle_event.py and utils/executor.py.
    """
    run = invocation_id.set(context.invocation_id)
    try:
        if observer().listens:
            with _attached(context.trace_context):
                yield
        else:
            yield
    finally:
        invocation_id.reset(run)


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
