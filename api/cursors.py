"""Cursors: where the next page goes on, opaque to the caller, signed, and good for one list only."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from api.problems import Unacceptable
from shared.ports import Place

_SIGNATURE: Final = 32
_BETWEEN: Final = "\n"


@dataclass(frozen=True, slots=True)
class Cursors:
    """`of` names the list with all its filters: elsewhere a cursor of it is worth nothing."""

    of: str
    key: str = field(repr=False)

    def write(self, place: Place) -> str:
        text = _BETWEEN.join(place).encode()
        return urlsafe_b64encode(self._signature(text) + text).decode().rstrip("=")

    def read(self, cursor: str) -> Place:
        """Raises Unacceptable 400 for anything but a cursor of this very list, letter by letter."""
        try:
            signed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            first, second = signed[_SIGNATURE:].decode().split(_BETWEEN)
        except ValueError:
            raise _invalid() from None
        # Base64 has several spellings of some texts; only ours counts.
        if not hmac.compare_digest(self.write((first, second)).encode(), cursor.encode()):
            raise _invalid()
        return first, second

    def _signature(self, text: bytes) -> bytes:
        return hmac.digest(self.key.encode(), self.of.encode() + b"\0" + text, sha256)


def _invalid() -> Unacceptable:
    return Unacceptable.parameter("cursor", "invalid_cursor", "cursor is not one that this list has given")
