"""What would be different: documents field by field, without what is nobody's business."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from shared.kernel import Key, Recorded
from shared.kernel.personal import MASK, hidden_fields, masked
from shared.pipeline.naming import camel
from shared.pipeline.replay.overlay import Layer
from shared.ports import Item

# Of every item that is about an order; and the bodies of events and messages, which anybody may have written.
HIDDEN: Final = frozenset({*map(camel, hidden_fields(Recorded)), "data", "item", "body", "base64"})
# What the store adds by itself.
_SYSTEM: Final = frozenset({"_etag", "_rid", "_self", "_ts", "_attachments", "_lsn"})

type Kind = Literal["created", "replaced", "deleted"]


@dataclass(frozen=True, slots=True)
class Field:
    """One value by its path in the document, such as `stale/since`; None is not there."""

    path: str
    before: object
    after: object

    def as_row(self) -> dict[str, object]:
        is_hidden = any(part in HIDDEN for part in self.path.split("/"))
        return {"path": self.path, "before": _shown(self.before, is_hidden), "after": _shown(self.after, is_hidden)}


@dataclass(frozen=True, slots=True)
class Change:
    container: str
    key: Key
    kind: Kind
    fields: tuple[Field, ...]

    def as_row(self) -> dict[str, object]:
        named = {"container": self.container, "partition": self.key.partition, "id": self.key.id, "change": self.kind}
        return named | {"fields": [each.as_row() for each in self.fields]}


def changes(layer: Layer) -> tuple[Change, ...]:
    """In the order in which each document was first written; what is as it was before is left out."""
    found = (
        change((container, key), layer.before[container, key], stored.item if stored else None)
        for (container, key), stored in layer.written.items()
    )
    return tuple(each for each in found if each)


def change(place: tuple[str, Key], before: Item | None, after: Item | None) -> Change | None:
    """None when nothing differs but what the store adds."""
    fields = diff(before, after)
    if (before is None) == (after is None) and not fields:
        return None
    kind: Kind = "created" if before is None else "deleted" if after is None else "replaced"
    return Change(*place, kind, fields)


def diff(before: Item | None, after: Item | None) -> tuple[Field, ...]:
    return tuple(_diff("", bare(before), bare(after)))


def bare(item: Item | None) -> Item:
    """Without what the store adds by itself."""
    return {name: value for name, value in (item or {}).items() if name not in _SYSTEM}


def _diff(path: str, before: object, after: object) -> Iterator[Field]:
    match before, after:
        case Mapping(), Mapping():
            for name in dict.fromkeys([*before, *after]):
                yield from _diff(f"{path}/{name}" if path else str(name), before.get(name), after.get(name))
        case _:
            if before != after:
                yield Field(path, before, after)


def _shown(value: object, is_hidden: bool) -> object:  # noqa: FBT001 - what kind of value it is
    if is_hidden and not isinstance(value, bool | None):
        return MASK
    match value:
        case Mapping():
            return {name: _shown(each, name in HIDDEN) for name, each in value.items()}
        case Sequence() if not isinstance(value, str):
            return [_shown(each, is_hidden=False) for each in value]
        case _:
            return masked(value)
