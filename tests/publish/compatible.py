"""Whether those who read by an older schema can read what a newer one describes: everything it allows was allowed."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

type Schema = Mapping[str, Any]

# They say something to people, not about values.
_WORDS: Final = {"$schema", "$id", "title", "description", "$defs"}
# Understood below; of anything else it is not known what it allows.
_KNOWN: Final = {"type", "properties", "required", "items", "enum", "const", "$ref"}


def broken(new: Schema, old: Schema) -> list[str]:
    """Where a reader by the old schema could meet what it does not expect; empty when nowhere."""
    return list(_broken(_Place(new, new), _Place(old, old), "data"))


class _Place:
    """A part of a schema, and the whole that its references lead into."""

    def __init__(self, part: Schema, whole: Schema) -> None:
        reference = part.get("$ref")
        self.part = whole["$defs"][str(reference).rsplit("/", 1)[1]] if reference else part
        self.whole = whole

    def at(self, name: str) -> "_Place":
        return _Place(self.part["properties"][name], self.whole)

    def each(self) -> "_Place":
        return _Place(self.part.get("items", {}), self.whole)


def _broken(new: _Place, old: _Place, path: str) -> Iterator[str]:
    if strange := (set(new.part) | set(old.part)) - _WORDS - _KNOWN:
        yield f"{path}: nobody here can compare {', '.join(sorted(strange))}"
        return
    if _types(old) and not (_types(new) and _types(new) <= _types(old)):
        yield f"{path}: was {sorted(_types(old))}, is {sorted(_types(new)) or 'anything'}"
        return
    if _values(old) is not None and not (_values(new) or {"anything"}) <= (_values(old) or set()):
        yield f"{path}: may be what it never was"
    if left_out := set(old.part.get("required", ())) - set(new.part.get("required", ())):
        yield f"{path}: {', '.join(sorted(left_out))} may be missing"
    for name in old.part.get("properties", {}):
        if name in new.part.get("properties", {}):
            yield from _broken(new.at(name), old.at(name), f"{path}.{name}")
    if "items" in old.part:
        yield from _broken(new.each(), old.each(), f"{path}[]")


def _types(place: _Place) -> set[str]:
    found = place.part.get("type", [])
    named = {found} if isinstance(found, str) else set(found)
    # Each whole number is a number.
    return named | ({"integer"} if "number" in named else set())


def _values(place: _Place) -> set[str] | None:
    if "const" in place.part:
        return {repr(place.part["const"])}
    return {repr(value) for value in place.part["enum"]} if "enum" in place.part else None
