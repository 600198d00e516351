"""What somebody is found by in what was kept of a message or an item that nobody could read."""

import json
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

# Shorter words stand in what others have said too.
SHORTEST: Final = 6
_IN_A_NAME: Final = r"[A-Za-z0-9_:.-]"


@dataclass(frozen=True, slots=True)
class Traces:
    """`names` are ids, found as whole words; `texts` is what they said of themselves, found anywhere."""

    names: frozenset[str]
    texts: frozenset[str] = frozenset()

    def are_in(self, value: object) -> bool:
        return any(self._is_in(text) for text in _texts(value))

    def _is_in(self, text: str) -> bool:
        if any(each in text for said in self.texts if len(said) >= SHORTEST for each in _spellings(said)):
            return True
        return any(
            name in text and re.search(rf"(?<!{_IN_A_NAME}){re.escape(name)}(?!{_IN_A_NAME})", text)
            for name in self.names
        )


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            if isinstance(raw := value.get("base64"), str):
                yield b64decode(raw).decode(errors="replace")
            for name, each in value.items():
                yield str(name)
                yield from _texts(each)
        case list() | tuple():
            for each in value:
                yield from _texts(each)
        case _:
            return


def _spellings(text: str) -> Iterator[str]:
    """As it stands, and as JSON may write it."""
    yield text
    yield json.dumps(text)[1:-1]
    yield json.dumps(text, ensure_ascii=False)[1:-1]
