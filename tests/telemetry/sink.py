"""Where exporters send to, on this machine: keeps every request and says yes."""

import gzip
import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass
class Sink:
    url: str = ""
    taken: list[tuple[str, bytes]] = field(default_factory=list)

    def sent_to(self, path: str) -> list[bytes]:
        return [body for to, body in self.taken if to == path]

    def take(self, path: str, body: bytes) -> bytes:
        """Application Insights wants each item accepted; a collector wants nothing."""
        self.taken.append((path, body))
        if not path.endswith("/track"):
            return b""
        items = len(json.loads(body))
        return json.dumps({"itemsReceived": items, "itemsAccepted": items, "errors": []}).encode()


@contextmanager
def sink() -> Generator[Sink]:
    opened = Sink()

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            said = opened.take(self.path, gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body)
            self.send_response(200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        opened.url = f"http://127.0.0.1:{server.server_port}"
        serving = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        serving.start()
        try:
            yield opened
        finally:
            server.shutdown()
            serving.join()
