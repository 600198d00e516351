"""JSON whose objects know the lines they stand on."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from infra.checks.places import Place
from infra.checks.values import Items, Record, Value

_WORD: Final = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+|$)')


class NotJson(ValueError):  # noqa: N818 - it states what the text is
    """`at` is where reading stopped."""

    def __init__(self, at: Place, why: str) -> None:
        super().__init__(why)
        self.at = at


def load(root: Path, file: str) -> Value:
    """Raises NotJson, or FileNotFoundError. Numbers must be whole, as those of Bicep."""
    return _load((root / file).read_text(encoding="utf-8"), file)


@cache
def _load(text: str, file: str) -> Value:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        raise NotJson(Place(file, error.lineno), error.msg) from error
    return _value(_words(text, file), None)


type _Words = Iterator[tuple[str, Place]]


def _words(text: str, file: str) -> _Words:
    line, last = 1, 0
    for found in _WORD.finditer(text):
        line += text.count("\n", last, found.start(1))
        last = found.start(1)
        yield found[1], Place(file, line)


def _value(words: _Words, first: tuple[str, Place] | None) -> Value:
    word, at = first or next(words)
    if word == "{":
        return _record(words, at)
    if word == "[":
        return _items(words, at)
    value: str | int | bool | float | None = json.loads(word)
    return str(value) if isinstance(value, float) else value


def _record(words: _Words, at: Place) -> Record:
    record = Record(at)
    for word, where in words:
        if word == "}":
            break
        if word != ",":
            next(words)
            record.put(json.loads(word), _value(words, None), where)
    return record


def _items(words: _Words, at: Place) -> Items:
    items = Items(at)
    for word, where in words:
        if word == "]":
            break
        if word != ",":
            items.append(_value(words, (word, where)))
    return items
