"""A place in a trace as W3C writes it: `00-<trace>-<span>-<flags>` (www.w3.org/TR/trace-context, section 3.2)."""

import re
from typing import Final

from opentelemetry.trace import SpanContext, TraceFlags

_WRITTEN: Final = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")


def parsed(text: str) -> SpanContext | None:
    """None for what is no place in a trace."""
    found = _WRITTEN.fullmatch(text) if text else None
    if found is None:
        return None
    trace, span, flags = (int(part, 16) for part in found.groups())
    context = SpanContext(trace, span, is_remote=True, trace_flags=TraceFlags(flags))
    return context if context.is_valid else None


def written(context: SpanContext) -> str:
    """Empty outside of any trace."""
    if not context.is_valid:
        return ""
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
