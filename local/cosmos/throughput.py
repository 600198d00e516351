"""Provisioned throughput: manual or autoscale, as request headers, offers and the limits between them.

Source: learn.microsoft.com/azure/cosmos-db/concepts-limits and the SDK's tests (ranges per RU).
"""

from dataclasses import dataclass
from math import ceil
from typing import Final

import orjson

from local.cosmos.errors import bad_request
from local.cosmos.message import Request

_LEAST_MANUAL: Final = 400
_MANUAL_STEP: Final = 100
_LEAST_AUTOSCALE: Final = 1000
_AUTOSCALE_STEP: Final = 1000
_IDLE_SHARE: Final = 10
RU_PER_RANGE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Throughput:
    """RU per second; the maximum when it scales by itself."""

    most: int
    autoscale: bool = False

    @property
    def ranges(self) -> int:
        """The physical ranges this needs: 10 000 RU per second each."""
        return ceil(self.most / RU_PER_RANGE)

    def content(self) -> dict[str, object]:
        """The `content` of an offer; autoscale shows a tenth of its maximum as the current value."""
        shown = self.most // _IDLE_SHARE if self.autoscale else self.most
        content: dict[str, object] = {
            "offerThroughput": shown,
            "offerIsRUPerMinuteThroughputEnabled": False,
            "offerMinimumThroughputParameters": {"maxThroughputEverProvisioned": self.most},
        }
        if self.autoscale:
            content["offerAutopilotSettings"] = {"maxThroughput": self.most, "tier": 0}
        return content


DEFAULT: Final = Throughput(_LEAST_MANUAL)


def manual(value: object) -> Throughput:
    if type(value) is not int or value < _LEAST_MANUAL or value % _MANUAL_STEP:
        raise bad_request(f"The offer throughput {value!r} is not valid: at least 400, in steps of 100.")
    return Throughput(value)


def autoscale(settings: object) -> Throughput:
    value = settings.get("maxThroughput") if isinstance(settings, dict) else None
    if type(value) is not int or value < _LEAST_AUTOSCALE or value % _AUTOSCALE_STEP:
        raise bad_request(f"The autoscale maximum {value!r} is not valid: at least 1000, in steps of 1000.")
    return Throughput(value, autoscale=True)


def requested(request: Request) -> Throughput | None:
    """What the headers of a create ask for; None when they ask for nothing."""
    settings = request.text(b"x-ms-cosmos-offer-autopilot-settings")
    if settings is not None:
        try:
            return autoscale(orjson.loads(settings))
        except orjson.JSONDecodeError as problem:
            raise bad_request("The autoscale settings are not JSON.") from problem
    value = request.text(b"x-ms-offer-throughput")
    return None if value is None else manual(int(value) if value.isdecimal() else value)


def of_offer(content: object) -> Throughput:
    if not isinstance(content, dict):
        raise bad_request("The offer has no content.")
    settings = content.get("offerAutopilotSettings")
    return manual(content.get("offerThroughput")) if settings is None else autoscale(settings)
