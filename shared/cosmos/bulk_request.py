"""A bulk request: operations of one physical range, each for itself, in one round trip.

azure-cosmos has no such call, but its transactional batch goes to the same address, and azure-core's `raw_request_hook`
may change what is sent. So the signature, which covers neither headers nor body, the retries of the whole request and
the failover stay the SDK's. Source of headers and body: azure-sdk-for-java and azure-sdk-for-js.
"""

import logging
from collections.abc import Sequence
from typing import Any, Final

from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import CosmosBatchOperationError

from shared.cosmos.bulk_operation import Answer

log = logging.getLogger("orderflow.cosmos")

# Both as in the SDKs for .NET, Java and JavaScript: so much work is done well within the 5 s that the store allows.
MOST_OPERATIONS: Final = 100
MOST_BYTES: Final = 220_201


async def send(container: ContainerProxy, name: str, partition: str, texts: Sequence[bytes]) -> list[Answer]:
    """The answers in the order of the operations, to the range of that id; `partition` is any key within it.

    Raises the SDK's errors when the request as a whole was refused or lost.
    """
    body = b"[%b]" % b",".join(texts)

    def instead(request: Any) -> None:  # noqa: ANN401 - azure-core hands its untyped request over
        http = request.http_request
        http.headers.pop("x-ms-documentdb-partitionkey", None)
        http.headers["x-ms-documentdb-partitionkeyrangeid"] = name
        http.headers["x-ms-cosmos-batch-atomic"] = "False"
        http.headers["x-ms-cosmos-batch-continue-on-error"] = "True"
        http.headers["Content-Length"] = str(len(body))
        http.data = body

    try:
        # Of these arguments only the key is of use: the SDK looks up a session token by it.
        rows = await container.execute_item_batch([("read", ("-",))], partition, raw_request_hook=instead)
    except CosmosBatchOperationError as some_refused:
        rows = some_refused.operation_responses
    answers = [Answer.of(row) for row in rows]
    if log.isEnabledFor(logging.DEBUG):
        refused, charge = sum(each.is_refused for each in answers), sum(each.charge for each in answers)
        log.debug("%s range=%s operations=%d refused=%d RU=%.2f", container.id, name, len(texts), refused, charge)
    return answers
