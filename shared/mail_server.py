"""Where notices to customers go: one setting, read from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from shared.kernel import Misconfigured

MAIL_PORTS: Final = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Who passes mail on, and whom it comes from. With a `user` it wants a login."""

    host: str
    port: int
    sender: str
    is_tls: bool = False
    user: str = ""
    password: str = field(default="", repr=False)


def notices(environ: Mapping[str, str]) -> MailServer | Path | None:
    """A folder or a mail server; None when nobody is to be told. Raises Misconfigured."""
    text = environ.get("NOTIFY")
    if not text:
        return None
    try:
        return _post(text)
    except ValueError as error:
        example = "smtp://mail.example.com:25?from=orders@example.com, smtps://USER:PASSWORD@…, or file:FOLDER"
        raise Misconfigured(f"NOTIFY must read {example}") from error


def _post(text: str) -> MailServer | Path:
    place = urlsplit(text)
    if place.scheme == "file" and place.path:
        return Path(place.path)
    sender = parse_qs(place.query).get("from", [""])[0]
    if place.scheme not in MAIL_PORTS or not place.hostname or "@" not in sender:
        raise ValueError("neither a folder nor a mail server with a sender")
    is_tls = place.scheme == "smtps"
    if place.username and not is_tls:
        raise ValueError("a password needs smtps")
    user, password = unquote(place.username or ""), unquote(place.password or "")
    return MailServer(place.hostname, place.port or MAIL_PORTS[place.scheme], sender, is_tls, user, password)
