"""Ways to pass a notice on: into a folder, for one machine, or to a mail server."""

import asyncio
import smtplib
from contextlib import closing, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path
from typing import Final

from gateways.notify_customers import Notice, Notifier
from shared.kernel import Poison, Transient
from shared.mail_server import MailServer

SECONDS: Final = 10.0
PERMANENT: Final = 500
_FROM_A_FOLDER: Final = "orders@localhost"


@dataclass(frozen=True, slots=True)
class Folder:
    """One `.eml` file a notice, which any mail program opens; the file's name is the notice's."""

    path: Path

    async def notify(self, notice: Notice) -> None:
        await asyncio.to_thread(self._write, notice)

    async def forget(self, order_id: str) -> int:
        """Remove every notice of the order; says how many. What somebody has taken out of the folder is not known."""
        return await asyncio.to_thread(self._remove, order_id)

    def _remove(self, order_id: str) -> int:
        found = [file for file in self.path.glob("*.*") if file.stem.rpartition("-")[0] == order_id]
        for file in found:
            file.unlink(missing_ok=True)
        return len(found)

    def _write(self, notice: Notice) -> None:
        file = self.path / f"{notice.name}.eml"
        partly = file.with_suffix(".part")
        written = _written(notice, _FROM_A_FOLDER)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            partly.write_bytes(written.as_bytes())
            # Whole or not at all, and a second time it is the same file.
            partly.replace(file)
        except OSError as error:
            raise Transient(f"notices: {type(error).__name__} in the folder") from error


@dataclass(frozen=True, slots=True)
class Smtp:
    """A connection for each notice: few enough, and nothing to keep alive."""

    server: MailServer

    async def notify(self, notice: Notice) -> None:
        await asyncio.to_thread(self._send, notice)

    def _send(self, notice: Notice) -> None:
        connect = smtplib.SMTP_SSL if self.server.is_tls else smtplib.SMTP
        written = _written(notice, self.server.sender)
        # `from None`: the errors quote the address, and tracebacks are logged.
        try:
            with closing(connect(self.server.host, self.server.port, timeout=SECONDS)) as session:
                if self.server.user:
                    session.login(self.server.user, self.server.password)
                session.send_message(written, to_addrs=[notice.to])
                # The mail is taken; that the server does not take its leave changes nothing.
                with suppress(smtplib.SMTPException, OSError):
                    session.quit()
        except smtplib.SMTPRecipientsRefused as refused:
            ((code, _),) = refused.recipients.values()
            raise _refusal(code, f"the recipient of {notice.name}") from None
        except smtplib.SMTPDataError as refused:
            raise _refusal(refused.smtp_code, notice.name) from None
        except (smtplib.SMTPException, OSError) as error:
            # A refused sender or login is no fault of the notice: somebody mends the setting.
            raise Transient(f"mail server: {type(error).__name__}") from None


def notifier(place: MailServer | Path) -> Notifier:
    return Smtp(place) if isinstance(place, MailServer) else Folder(place)


def mail(notice: Notice, sender: str) -> EmailMessage:
    """The same bytes for the same notice; mail systems drop a second message of one Message-ID."""
    message = EmailMessage()
    message["Message-ID"] = f"<{notice.name}@{sender.rpartition('@')[2]}>"
    message["From"], message["To"], message["Subject"] = sender, notice.to, notice.subject
    message.set_content(notice.text)
    return message


def _written(notice: Notice, sender: str) -> EmailMessage:
    """Raises Poison for an address that mail reads as another one, or as none: it always will."""
    try:
        message = mail(notice, sender)
        message.as_bytes()
        found = [address for _, address in getaddresses([message["To"]])]
    except Exception as bug:  # noqa: BLE001 - the parser of headers raises what it likes
        raise Poison("undeliverable", f"{notice.name} cannot be written: {type(bug).__name__}") from None
    if found != [notice.to]:
        raise Poison("undeliverable", f"{notice.name} has an address that reads as another")
    return message


def _refusal(code: int, what: str) -> Poison | Transient:
    """RFC 5321 section 4.2.1: 4yz passes by itself, 5yz does not."""
    if code >= PERMANENT:
        return Poison("undeliverable", f"the mail server refuses {what} ({code})")
    return Transient(f"mail server: not now for {what} ({code})")
