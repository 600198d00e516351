"""Older shapes of stored data, lifted one version at a time to the present one. What was stored is never rewritten."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

type Fields = Mapping[str, object]
# From one version's fields to the next one's: pure, and total on whatever that version could hold.
type Lift = Callable[[Fields], Fields]


@dataclass(frozen=True, slots=True)
class Versions:
    """`lifts` has by type the steps from version 1 to 2, from 2 to 3, and so on; a type without is in its first."""

    lifts: Mapping[str, tuple[Lift, ...]] = field(default_factory=dict)

    def current(self, kind: str) -> int:
        return 1 + len(self.lifts.get(kind, ()))

    def knows(self, kind: str, version: int) -> bool:
        return 1 <= version <= self.current(kind)

    def lifted(self, kind: str, version: int, fields: Fields) -> Fields:
        """The fields in the present shape; of a version that is known."""
        for lift in self.lifts.get(kind, ())[version - 1 :]:
            fields = lift(fields)
        return fields
