"""What of a stream's events others may read, and under which names."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Publication[E]:
    """Names that others rely on: once used they never change their meaning, and a new shape is a new version.

    `kept_back` has the fields that stay at home, `versions` the shape of an event's data where it is not the first.
    """

    hub: str
    source: str
    namespace: str
    types: tuple[type[E], ...]
    kept_back: Mapping[type[E], frozenset[str]] = field(default_factory=dict)
    versions: Mapping[type[E], int] = field(default_factory=dict)

    def type_of(self, kind: type[E]) -> str:
        return f"{self.namespace}.{kind.__name__}"

    def version_of(self, kind: type[E]) -> int:
        return self.versions.get(kind, 1)

    def schema_of(self, kind: type[E]) -> str:
        """The URI of the schema of its data. It names; it is not there to be fetched."""
        return f"urn:{self.namespace}:schema:{kind.__name__}:{self.version_of(kind)}"

    def kept_back_of(self, kind: type[E]) -> frozenset[str]:
        return self.kept_back.get(kind, frozenset())
