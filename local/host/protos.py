"""The messages of FunctionRpc.proto as plain classes: all that the worker library asks of its `protos` argument.

Microsoft's own in-process worker replaces the generated classes in the same way. The one trait of protobuf that the
library uses is `WhichOneof`. Source: azure_functions_runtime 1.3.0, bindings/ and loader.py.
"""

from types import SimpleNamespace
from typing import Any


class Message(SimpleNamespace):
    """A record made from keywords; fields that were not given do not exist."""


class TypedData(Message):
    """Exactly one field is set, or none."""

    def WhichOneof(self, _group: str) -> str | None:  # noqa: N802 - the name protobuf gave it
        return next((name for name, value in vars(self).items() if value is not None), None)


class ParameterBinding(Message):
    """A named value; its data is always sent in the message, never through shared memory."""

    name: str
    data: TypedData

    def WhichOneof(self, _group: str) -> str:  # noqa: N802 - the name protobuf gave it
        return "data"


class StatusResult(Message):
    Failure, Success, Cancelled = 0, 1, 2


class BindingInfo(Message):
    out, inout = 1, 2
    undefined, string, binary, stream = 0, 1, 2, 3


class SameSite:
    Lax, Strict, ExplicitNone = 1, 2, 3


class RpcHttpCookie(Message):
    SameSite = SameSite


# Two names of the protocol are words of the language.
setattr(BindingInfo, "in", 0)
setattr(SameSite, "None", 0)

_PLAIN = (
    "FunctionEnvironmentReloadResponse",
    "FunctionLoadResponse",
    "FunctionMetadataResponse",
    "InvocationResponse",
    "NullableBool",
    "NullableDouble",
    "NullableString",
    "NullableTimestamp",
    "RpcException",
    "RpcFunctionMetadata",
    "RpcHttp",
    "RpcRetryOptions",
    "Timestamp",
    "WorkerInitResponse",
    "WorkerMetadata",
)

PROTOS: Any = SimpleNamespace(
    BindingInfo=BindingInfo,
    ParameterBinding=ParameterBinding,
    RpcHttpCookie=RpcHttpCookie,
    StatusResult=StatusResult,
    TypedData=TypedData,
    **{name: type(name, (Message,), {}) for name in _PLAIN},
)
