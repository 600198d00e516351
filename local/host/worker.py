"""The seam to Microsoft's worker library: load an app, then call its functions, all in this process.

The library keeps its registry in module globals, so one process runs one app. Every call to it is made on the app's
own loop. Source of the sequence and of the messages: azure_functions_runtime 1.3.0, handle_event.py.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self, assert_never

from local.host import log
from local.host.bindings import Function, function
from local.host.errors import BadApp
from local.host.payload import Events, HttpCall, JsonText, Payload, Text
from local.host.protos import PROTOS, Message, ParameterBinding, TypedData
from local.host.retry import ExponentialBackoff, FixedDelay, Retry, RetryPolicy


@dataclass(frozen=True, slots=True)
class Call:
    """One attempt of one invocation; `trace_parent` is a W3C traceparent."""

    function: Function
    invocation_id: str
    payload: Payload
    retry: Retry
    trace_parent: str


@dataclass(frozen=True, slots=True)
class Succeeded:
    """`value` is what the function returned, still as the library's TypedData, or None."""

    value: TypedData | None


@dataclass(frozen=True, slots=True)
class Failed:
    """`message` is like `ValueError: text`; `trace` the app's traceback, empty when there is none."""

    message: str
    trace: str = ""


type Reply = Succeeded | Failed


class Worker:
    """The loaded app and its functions, sorted by name as the host sorts them."""

    def __init__(self, runtime: Any, functions: tuple[Function, ...]) -> None:  # noqa: ANN401 - an untyped library
        self._runtime = runtime
        self.functions = functions

    @classmethod
    async def load(cls, app: Path) -> Self:
        """Import and index the app; raises BadApp with the worker's own message when it cannot be.

        The settings must be in the environment before: the library and the app read them while they are imported.
        """
        _let_import_from(app)
        import azure_functions_runtime as runtime  # noqa: PLC0415 - not before the settings are there

        log.follow(runtime.invocation_id_cv)
        runtime.start_threadpool_executor()
        request = SimpleNamespace(capabilities={}, function_app_directory=str(app))
        try:
            started = await runtime.worker_init_request(
                _request("worker_init_request", request, protos=PROTOS, host="127.0.0.1")
            )
        except BaseException as escaped:  # an app may call sys.exit() while it is imported
            raise BadApp(f"{type(escaped).__name__} while the app was imported: {escaped}") from escaped
        _check(started.result)
        if "HttpUri" in started.capabilities:
            raise BadApp("this host does not run the HTTP streaming extension (azurefunctions-extensions-http-fastapi)")
        listed = await runtime.functions_metadata_request(_request("functions_metadata_request", Message()))
        found = listed.function_metadata_results
        if not found:
            raise BadApp(f"no functions found: {app} needs a function_app.py with a top level FunctionApp")
        for metadata in found:
            load = SimpleNamespace(function_id=metadata.function_id)
            await runtime.function_load_request(_request("function_load_request", load))
        functions = sorted((_function(metadata) for metadata in found), key=lambda one: one.name.lower())
        return cls(runtime, tuple(functions))

    async def invoke(self, call: Call) -> Reply:
        """Run one attempt; every way in which a function can end is a Reply, nothing is raised.

        The library answers for `Exception` only; a CancelledError or SystemExit would leave it and stop the loop.
        """
        try:
            response = await self._runtime.invocation_request(_request("invocation_request", _invocation(call)))
        except BaseException as escaped:  # noqa: BLE001 - a real worker would hang or die here; this is a failure
            return Failed(f"{type(escaped).__name__}: {escaped}")
        if response.result.status == PROTOS.StatusResult.Success:
            return Succeeded(response.return_value)
        return Failed(response.result.exception.message, response.result.exception.stack_trace)


def _let_import_from(app: Path) -> None:
    # Last, as in Azure: an installed package wins over a module of the app with its name. `python -m` has put the
    # working directory first; another app in it would be imported instead.
    sys.path[:] = [entry for entry in sys.path if entry not in {"", str(Path.cwd()), str(app)}] + [str(app)]


def _request(name: str, body: object, **properties: object) -> SimpleNamespace:
    return SimpleNamespace(request=SimpleNamespace(**{name: body}), properties=properties)


def _check(result: Any) -> None:  # noqa: ANN401 - an untyped library
    if result.status != PROTOS.StatusResult.Success:
        raise BadApp(result.exception.message, result.exception.stack_trace)


def _function(metadata: Any) -> Function:  # noqa: ANN401 - an untyped library
    return function(
        metadata.name,
        metadata.function_id,
        raw_bindings=metadata.raw_bindings,
        retry=_policy(metadata.retry_options),
        script_file=metadata.script_file,
    )


def _policy(options: Any) -> RetryPolicy | None:  # noqa: ANN401 - an untyped library
    if options is None:
        return None
    if options.retry_strategy == "fixed_delay":
        return FixedDelay(options.max_retry_count, options.delay_interval)
    return ExponentialBackoff(options.max_retry_count, options.minimum_interval, options.maximum_interval)


def _invocation(call: Call) -> SimpleNamespace:
    # Protobuf never gives None for a message field, so apps may rely on an empty exception.
    failure = SimpleNamespace(message=call.retry.message, stack_trace=call.retry.trace, source="")
    return SimpleNamespace(
        invocation_id=call.invocation_id,
        function_id=call.function.id,
        input_data=[ParameterBinding(name=call.function.trigger.argument, data=_typed(call.payload))],
        trigger_metadata=_metadata(call.payload),
        trace_context=SimpleNamespace(trace_parent=call.trace_parent, trace_state="", attributes={}),
        retry_context=SimpleNamespace(
            retry_count=call.retry.count, max_retry_count=call.retry.max_count, exception=failure
        ),
    )


def _metadata(payload: Payload) -> dict[str, TypedData]:
    return (
        {name: TypedData(json=text) for name, text in payload.metadata.items()} if isinstance(payload, Events) else {}
    )


def _typed(payload: Payload) -> TypedData:
    match payload:
        case Text(text):
            return TypedData(string=text)
        case JsonText(text):
            return TypedData(json=text)
        case Events(bodies, is_text):
            if is_text:
                texts = [body.decode(errors="replace") for body in bodies]
                return TypedData(collection_string=SimpleNamespace(string=texts))
            return TypedData(collection_bytes=SimpleNamespace(bytes=list(bodies)))
        case HttpCall(method, url, headers, query, route, body):
            content = TypedData(bytes=body) if body else TypedData()
            return TypedData(
                http=SimpleNamespace(method=method, url=url, headers=headers, query=query, params=route, body=content)
            )
        case _:
            assert_never(payload)
