"""What a number of reads cost, added up from the headers of their answers."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(slots=True)
class Spent:
    """Answers and request units; a request that was never answered is not seen here."""

    requests: int = 0
    charge: float = 0.0

    def hear(self, headers: Mapping[str, str], *_: object) -> None:
        self.requests += 1
        self.charge += float(headers.get("x-ms-request-charge") or 0)
