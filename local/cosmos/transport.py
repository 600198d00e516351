"""The server inside the client's own process: pass `transport=InProcessTransport(server)` to the asyncio client."""

from collections.abc import Awaitable, Iterator
from typing import Any, Self
from urllib.parse import urlsplit

from azure.core.exceptions import ServiceResponseError
from azure.core.pipeline.transport import AsyncHttpResponse, AsyncHttpTransport, HttpRequest
from azure.core.utils import CaseInsensitiveDict

from local.cosmos.http import Application
from local.cosmos.message import DROPPED, Headers, Request, Response


class InProcessTransport(AsyncHttpTransport[HttpRequest, AsyncHttpResponse]):
    """Opening and closing cost nothing; the server outlives its clients."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def send(self, request: HttpRequest, **kwargs: Any) -> AsyncHttpResponse:  # noqa: ANN401 - azure-core's own
        del kwargs
        answer = self._application(_received(request))
        response = answer if isinstance(answer, Response) else await _awaited(answer)
        self._application.commit()
        if response is DROPPED:
            raise ServiceResponseError("The connection was dropped before the answer.")
        return _Loaded(request, response)

    async def open(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to close."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *details: object) -> None:
        return None


class _Loaded(AsyncHttpResponse):
    """A response whose body is already here."""

    def __init__(self, request: HttpRequest, response: Response) -> None:
        super().__init__(request, response)
        self.status_code = response.status
        self.headers = CaseInsensitiveDict(_named(response.headers))
        self.reason = ""
        self.content_type = self.headers.get("content-type")
        self._body = response.body

    def body(self) -> bytes:
        return self._body

    async def load_body(self) -> None:
        """The SDK's response classes offer this; the body is here from the start."""


def _named(headers: Headers) -> Iterator[tuple[str, str]]:
    for line in headers.split(b"\r\n")[:-1]:
        name, _, value = line.decode().partition(": ")
        yield name, value


async def _awaited(answer: Awaitable[Response]) -> Response:
    return await answer


def _received(request: HttpRequest) -> Request:
    target = urlsplit(request.url)
    headers = {name.lower().encode(): str(value).encode() for name, value in request.headers.items()}
    headers.setdefault(b"host", target.netloc.encode())
    content = request.data if isinstance(request.data, bytes) else str(request.data or "").encode()
    return Request(request.method, target.path, target.query, headers, content)
