"""A refusal as the response the SDK expects: status, substatus, `{"code", "message"}`."""

from local.cosmos import charges
from local.cosmos.errors import CODES, CosmosError
from local.cosmos.message import Headers, Response, json_response, line

_CHARGED: Headers = line(b"x-ms-request-charge", charges.text(1.0))


def refusal_response(refusal: CosmosError, headers: Headers = _CHARGED) -> Response:
    if refusal.substatus:
        headers += line(b"x-ms-substatus", b"%d" % refusal.substatus)
    if refusal.retry_after_ms:
        headers += line(b"x-ms-retry-after-ms", b"%d" % refusal.retry_after_ms)
    content = {"code": CODES.get(refusal.status, "BadRequest"), "message": refusal.message}
    return json_response(refusal.status, content, headers)
