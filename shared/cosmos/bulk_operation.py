"""One operation of a bulk request as it is written there, and what comes back for it."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, Literal, NamedTuple, Self

import orjson

from shared.cosmos.failures import MEANINGS
from shared.kernel import Failure, Key, Transient, Unknown
from shared.ports import Item

_REFUSED: Final = 400
_MILLISECONDS: Final = 1000


class Operation(NamedTuple):
    """A read has no item, a create no etag, a delete only an etag, a replace both."""

    kind: Literal["Read", "Create", "Replace", "Delete"]
    key: Key
    item: Item | None = None
    etag: str | None = None

    @property
    def is_write(self) -> bool:
        return self.kind != "Read"

    def text(self) -> bytes:
        """As the SDKs for Java and JavaScript write it: the partition key is a JSON text within the JSON.

        Raises ValueError or TypeError for an item that cannot be written without changing it.
        """
        written: dict[str, object] = {
            "operationType": self.kind,
            "partitionKey": orjson.dumps([self.key.partition]).decode(),
        }
        if self.kind != "Create":
            written["id"] = self.key.id
        if self.etag is not None:
            written["ifMatch"] = self.etag
        if self.is_write:
            # As Java's `contentResponseOnWriteEnabled=false`; a header would be for reads as well.
            written["minimalReturnPreference"] = True
        if self.item is not None:
            written["resourceBody"] = self.item
        text = orjson.dumps(written)
        if b"null" in text:
            # What is no number would become null, and be stored; the store itself refuses it.
            json.dumps(self.item, allow_nan=False)
        return text

    def own(self, failure: Transient, container: str) -> Transient:
        """The fate of a whole request as that of this operation; a read has no effect that could be unknown."""
        kind = Transient if isinstance(failure, Unknown) and not self.is_write else type(failure)
        return kind(f"{container} {self.key.id}: {failure}", retry_after=failure.retry_after)


class Answer(NamedTuple):
    """The result of one operation; `charge` in request units, `retry_after` in seconds."""

    status: int
    substatus: int = 0
    etag: str = ""
    item: Mapping[str, Any] | None = None
    charge: float = 0.0
    retry_after: float | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        wait = row.get("retryAfterMilliseconds")
        return cls(
            int(row["statusCode"]),
            int(row.get("subStatusCode") or 0),
            row.get("eTag") or "",
            row.get("resourceBody"),
            float(row.get("requestCharge") or 0),
            None if wait is None else float(wait) / _MILLISECONDS,
        )

    @property
    def is_refused(self) -> bool:
        return self.status >= _REFUSED

    @property
    def is_missing(self) -> bool:
        return self.status == HTTPStatus.NOT_FOUND and not self.substatus

    def failure(self, said: str, *, writes: bool) -> Failure:
        """What a refusal means: the same as for a request of its own."""
        status = self.status
        meaning = MEANINGS.get((status, self.substatus)) or MEANINGS.get((status, None), MEANINGS[500, None])
        failure = meaning(f"{said}: {status}/{self.substatus}", self.retry_after)
        if isinstance(failure, Unknown) and not writes:
            return Transient(str(failure), retry_after=failure.retry_after)
        return failure
