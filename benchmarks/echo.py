"""`python -m benchmarks.echo`: the least an HTTP server in Python does with a document, without being a database.

It reads the headers, parses the document, gives it five system properties, stores it, and answers it with nine headers
of the shape the real answers have. No signature, no routing, no keys, no log, no request units.
"""

import asyncio
import signal
from typing import Final, cast

import httptools
import orjson
import uvloop

STORED: Final[dict[str, dict[str, object]]] = {}
_SYSTEM: Final = {"_rid": "r" * 24, "_self": "s" * 60, "_etag": "e" * 38, "_attachments": "attachments/", "_ts": 1}
_ANSWER: Final = b"""\
HTTP/1.1 200 Ok\r
content-type: application/json\r
x-ms-request-charge: 10.00\r
x-ms-session-token: 0:0#1#1=-1\r
lsn: 1\r
x-ms-alt-content-path: dbs/bench/colls/orders\r
x-ms-documentdb-partitionkeyrangeid: 0\r
etag: "eeeeeeee-0000-0700-0000-000000000000"\r
x-ms-activity-id: 00000000-0000-0000-0000-000000000000\r
content-length: %d\r
\r
%b"""


class Echo(asyncio.Protocol):
    """Connections stay open; one request is under way on each."""

    def __init__(self) -> None:
        self._parser = httptools.HttpRequestParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._headers: dict[bytes, bytes] = {}
        self._body = b""

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.lower()] = value

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        document = orjson.loads(self._body) | _SYSTEM
        STORED[document["id"]] = document
        answer = orjson.dumps(document)
        self._transport.write(_ANSWER % (len(answer), answer))


async def run() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    server = await loop.create_server(Echo, "127.0.0.1", 0)
    print(f"echo: listening on http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await stop.wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())
