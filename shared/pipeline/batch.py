"""One batch as the trigger hands it over: JSON text that becomes items, each of them whole or without its content."""

import json

import orjson

from shared.kernel import Poison
from shared.ports import Item


def changes(text: str) -> list[Item]:
    """One batch as the trigger hands it over. Raises Poison when it is not a JSON array of objects."""
    try:
        items = orjson.loads(text)
    except orjson.JSONDecodeError:
        items = _with_broken_text(text)
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise Poison("unreadable_batch", "not an array of objects")
    return items


def _with_broken_text(text: str) -> object:
    """JSON may hold half a character, which nothing can store again: such an item loses its content, not its batch."""
    try:
        items = json.loads(text)
    except json.JSONDecodeError as error:
        raise Poison("unreadable_batch", f"not JSON at character {error.pos}") from None
    return [_whole(item) for item in items] if isinstance(items, list) else items


def _whole(item: object) -> object:
    try:
        json.dumps(item, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        kept = item if isinstance(item, dict) else {}
        return {name: value for name, value in kept.items() if _is_storable(name) and _is_storable(value)}
    return item


def _is_storable(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
