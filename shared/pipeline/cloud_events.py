"""Events as others read them: CloudEvents 1.0, structured, in JSON."""

from dataclasses import dataclass, field
from typing import Any, Final

from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from shared.kernel import Publication, Recorded
from shared.pipeline.codec import event_id
from shared.pipeline.naming import camel
from shared.pipeline.spelling import Spelling

CUSTOMER: Final = "customerId"
_FORMAT: Final = JSONFormat()


@dataclass(frozen=True, slots=True)
class CloudEvents[E]:
    """Writes the events of one publication. With `is_replay` they say that they are sent once more."""

    publication: Publication[E]
    is_replay: bool = False
    _bodies: dict[type[E], Spelling[E]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_bodies", {kind: Spelling(kind) for kind in self.publication.types})

    def encode(self, event: Recorded[E]) -> bytes:
        """`id` is `orderId:sequence` and `sequence` is as stored, six digits or more, so that text order is its order.

        Amounts are whole minor units with their currency, as stored.
        """
        kind, sequence = type(event.body), event_id(event.sequence)
        attributes: dict[str, Any] = {
            "specversion": "1.0",
            "id": f"{event.stream}:{sequence}",
            "source": self.publication.source,
            "type": self.publication.type_of(kind),
            "subject": event.stream,
            "time": event.at,
            "datacontenttype": "application/json",
            "dataschema": self.publication.schema_of(kind),
            # Extensions: "sequence" and "distributed tracing" as documented with the specification, "replay" our own.
            "sequence": sequence,
        }
        if event.traceparent:
            attributes["traceparent"] = event.traceparent
        if self.is_replay:
            attributes["replay"] = True
        return _FORMAT.write(CloudEvent(attributes, self._shown(event)))

    def _shown(self, event: Recorded[E]) -> dict[str, Any]:
        kind = type(event.body)
        kept_back = {camel(name) for name in self.publication.kept_back_of(kind)}
        body = self._bodies[kind].write_json(event.body)
        return {CUSTOMER: event.customer_id} | {name: each for name, each in body.items() if name not in kept_back}
