"""The HTTP side of the host: function routes, and the administrative paths of the real host."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from aiohttp import web

from local.host import http_message
from local.host.admin import Admin
from local.host.bindings import Function, HttpTrigger
from local.host.errors import HostError
from local.host.host_json import HostJson
from local.host.invocation import Invoker
from local.host.routes import Route, decoded, route
from local.host.worker import Failed, Succeeded

# The real host's limit (ScriptConstants.DefaultMaxRequestBodySize); below it the app decides what is too large.
BODY_LIMIT = 104_857_600
# How many may knock at once: as many as at the real host (Kestrel, SocketTransportOptions.Backlog).
BACKLOG = 512


class Functions:
    """Sends each request to the first route that matches; a disabled function's route answers 404."""

    def __init__(self, functions: Mapping[str, Function], routes: Sequence[Route], invoker: Invoker) -> None:
        self._functions = functions
        self._routes = routes
        self._invoker = invoker

    async def handle(self, request: web.Request) -> web.Response:
        path = decoded(request.rel_url.raw_path)
        for one in self._routes:
            values = one.match(request.method, path)
            if values is not None:
                function = self._functions.get(one.function)
                return await self._run(function, request, values) if function else _not_found()
        return _not_found()

    async def _run(self, function: Function, request: web.Request, values: Mapping[str, str]) -> web.Response:
        call = http_message.call(request, await request.read(), values)
        match await self._invoker.run(function, call, trace_parent=call.headers.get("traceparent")):
            case Succeeded(value):
                return http_message.answer(value)
            case Failed():
                return web.Response(status=HTTPStatus.INTERNAL_SERVER_ERROR)


def _not_found() -> web.Response:
    return web.Response(status=HTTPStatus.NOT_FOUND)


def http_routes(functions: Sequence[Function], host: HostJson) -> tuple[Route, ...]:
    """One route per HTTP function, in the order of `functions`; raises BadSettings for a bad template."""
    return tuple(
        route(
            function.name,
            function.trigger.route or function.name,
            methods=function.trigger.methods,
            prefix=host.route_prefix,
        )
        for function in functions
        if isinstance(function.trigger, HttpTrigger)
    )


def application(functions: Functions, admin: Admin) -> web.Application:
    app = web.Application(client_max_size=BODY_LIMIT)
    app.router.add_get("/admin/host/status", admin.status)
    app.router.add_route("*", "/admin/host/ping", admin.ping)
    app.router.add_get("/admin/functions", admin.list)
    app.router.add_get("/admin/functions/{name}", admin.show)
    app.router.add_post("/admin/functions/{name}", admin.run)
    app.router.add_route("*", "/{path:(?s:.*)}", functions.handle)
    return app


@dataclass(frozen=True, slots=True)
class Listening:
    """The open server; `close` refuses new connections while requests under way go on."""

    url: str
    site: web.TCPSite

    async def close(self) -> None:
        await self.site.stop()


@asynccontextmanager
async def listening(app: web.Application, *, address: str, port: int, grace: timedelta) -> AsyncIterator[Listening]:
    """Serve `app` while the context lasts; its end waits up to `grace` for requests under way."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=grace.total_seconds())
    await runner.setup()
    try:
        site = await _open(runner, address, port)
        yield Listening(f"http://{address}:{runner.addresses[0][1]}", site)
    finally:
        await runner.cleanup()


async def _open(runner: web.AppRunner, address: str, port: int) -> web.TCPSite:
    site = web.TCPSite(runner, address, port, backlog=BACKLOG)
    try:
        await site.start()
    except OSError as error:
        raise HostError(f"cannot listen on {address}:{port}: {error.strerror}") from error
    return site
