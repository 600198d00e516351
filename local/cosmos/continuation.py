"""Where a query goes on: opaque text for the client, a small JSON array inside."""

import base64
import binascii
from dataclasses import dataclass

import orjson

from local.cosmos.errors import bad_request


@dataclass(frozen=True, slots=True)
class Place:
    """After the item (epk, name), or the `seq` inside one partition; `skip` rows of what follows are already out."""

    epk: bytes = b""
    name: str = ""
    seq: int = 0
    skip: int = 0


START = Place()


def write(place: Place) -> bytes:
    return base64.urlsafe_b64encode(orjson.dumps([place.epk.hex(), place.name, place.seq, place.skip]))


def read(text: bytes | None) -> Place:
    """The place a client sends back.

    Raises:
        CosmosError: 400 for text this server did not write.

    """
    if not text:
        return START
    try:
        match orjson.loads(base64.urlsafe_b64decode(text)):
            case [str(epk), str(name), int(seq), int(skip)]:
                return Place(bytes.fromhex(epk), name, seq, skip)
            case _:
                raise bad_request("The continuation token is not valid.")
    except (ValueError, binascii.Error) as problem:
        raise bad_request("The continuation token is not valid.") from problem
