"""The administrative paths of the real host: status, the list of functions, running one by hand."""

import asyncio
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from aiohttp import web

from local.host.bindings import Function, HttpTrigger
from local.host.invocation import Invoker
from local.host.manual import payload


class Admin:
    """Answers below /admin. Keys are not asked for, as Core Tools does not ask for them either."""

    def __init__(
        self,
        functions: Sequence[Function],
        disabled: frozenset[str],
        invoker: Invoker,
        *,
        prefix: str,
        rewrites_dates: bool,
    ) -> None:
        self._functions = {function.name.lower(): function for function in functions}
        self._disabled = disabled
        self._invoker = invoker
        self._route_prefix = prefix
        self._rewrites_dates = rewrites_dates
        self._by_hand: set[asyncio.Task[object]] = set()
        self.state = "Starting"

    async def status(self, _request: web.Request) -> web.Response:
        return web.json_response({"state": self.state, "functions": len(self._functions)})

    async def ping(self, _request: web.Request) -> web.Response:
        return web.Response()

    async def list(self, request: web.Request) -> web.Response:
        return web.json_response([self._described(one, request) for one in self._functions.values()])

    async def show(self, request: web.Request) -> web.Response:
        function = self._functions.get(request.match_info["name"].lower())
        if function is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        return web.json_response(self._described(function, request))

    async def run(self, request: web.Request) -> web.Response:
        """202 once started; the outcome is in the log only. A retry policy does not apply, as in the real host."""
        function = self._functions.get(request.match_info["name"].lower())
        if function is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        try:
            text = (await request.json()).get("input", "")
            given = payload(function, text or "", rewrites_dates=self._rewrites_dates)
        except (ValueError, AttributeError, TypeError) as error:
            return web.Response(status=HTTPStatus.BAD_REQUEST, text=f"the body must be {{'input': '…'}}: {error}")
        task = asyncio.create_task(self._invoker.run(function, given))
        self._by_hand.add(task)
        task.add_done_callback(self._by_hand.discard)
        return web.Response(status=HTTPStatus.ACCEPTED)

    def _described(self, function: Function, request: web.Request) -> Mapping[str, object]:
        origin = str(request.url.origin())
        trigger = function.trigger
        template = None
        if isinstance(trigger, HttpTrigger):
            parts = (origin, self._route_prefix, trigger.route or function.name)
            template = "/".join(part for part in parts if part).lower()
        return {
            "name": function.name,
            "href": f"{origin}/admin/functions/{function.name}",
            "config": {"name": function.name, "scriptFile": function.script_file, "bindings": function.bindings},
            "invoke_url_template": template,
            "language": "python",
            "isDisabled": function.name in self._disabled,
            "isDirect": False,
            "isProxy": False,
        }
