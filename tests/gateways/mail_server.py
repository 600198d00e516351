"""A mail server of the test: takes mail over SMTP, and refuses what it was told to refuse."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

from shared.mail_server import MailServer


@dataclass
class Mailbox:
    """`answers` by the command that they are the answer to, instead of what is usual."""

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    mails: list[str] = field(default_factory=list)

    @property
    def server(self) -> MailServer:
        return MailServer("127.0.0.1", self.port, "shop@example.com")


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    box = Mailbox()

    class Session(StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 here")
            while line := self.rfile.readline().decode().strip():
                command = line.split(":")[0].split()[0].upper()
                self.say(box.answers.get(command, {"DATA": "354 go on", "QUIT": "221 bye"}.get(command, "250 ok")))
                if command == "DATA" and "DATA" not in box.answers:
                    box.mails.append(self.text())
                    self.say(box.answers.get(".", "250 taken"))

        def text(self) -> str:
            lines = []
            while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                lines.append(line)
            return "\n".join(lines)

        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    with ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        server.daemon_threads = True
        box.port = server.server_address[1]
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield box
        server.shutdown()
