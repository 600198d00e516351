"""Partial updates of one document: add, set, replace, remove, incr and move, all or none of them.

Source: learn.microsoft.com/azure/cosmos-db/partial-document-update.
"""

import copy
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from local.cosmos.errors import CosmosError, bad_request, precondition_failed
from local.cosmos.items import Document
from local.cosmos.language import compile_query, refusing

_MOST_OPERATIONS: Final = 10
_FIXED: Final = {("id",), ("_rid",), ("_self",), ("_etag",), ("_attachments",), ("_ts",)}

type Node = dict[str, object] | list[object]
type Path = tuple[str, ...]


class _Spot(NamedTuple):
    """A place in a document: the object or array, and the name or index inside it."""

    parent: Node
    name: str


def patched(document: Document, patch: Mapping[str, object], *, key_paths: tuple[Path, ...], now: datetime) -> Document:
    """The document after all operations.

    Raises:
        CosmosError: 412 when the condition does not hold, 400 when an operation cannot be done; the text names which.

    """
    condition, operations = patch.get("condition"), patch.get("operations")
    if not isinstance(operations, list) or not operations:
        raise bad_request("A patch has a list of operations.")
    if len(operations) > _MOST_OPERATIONS:
        raise bad_request(f"A patch has at most {_MOST_OPERATIONS} operations.")
    if condition is not None:
        _check_condition(document, condition, now)
    after = copy.deepcopy(document)
    for index, operation in enumerate(operations):
        try:
            _apply(after, operation, _FIXED | set(key_paths))
        except CosmosError as refusal:
            raise bad_request(f"Operation {index} of the patch: {refusal.message}") from refusal
    return after


def _check_condition(document: Document, condition: object, now: datetime) -> None:
    if not isinstance(condition, str):
        raise bad_request("The condition of a patch is a text such as 'from c where c.n > 2'.")
    with refusing():
        held = any(True for _ in compile_query(f"SELECT * {condition}").execute((document,), {}, now=now))
    if not held:
        raise precondition_failed()


def _apply(document: Document, operation: object, fixed: set[Path]) -> None:
    if not isinstance(operation, dict):
        raise bad_request("an operation is an object with op and path.")
    kind, path = operation.get("op"), _path(operation.get("path"), fixed)
    act = _ACTS.get(kind) if isinstance(kind, str) else None
    if kind == "move":
        _move(document, _path(operation.get("from"), fixed), path)
    elif act is None:
        raise bad_request(f"{kind!r} is not one of add, set, replace, remove, incr, move.")
    elif kind != "remove" and "value" not in operation:
        raise bad_request("there is no value.")
    else:
        act(_spot(document, path), operation.get("value"))


def _path(text: object, fixed: set[Path]) -> Path:
    """A JSON pointer; ids, system properties and the partition key may not be touched."""
    if not isinstance(text, str) or not text.startswith("/") or text == "/":
        raise bad_request(f"{text!r} is not a path.")
    names = tuple(name.replace("~1", "/").replace("~0", "~") for name in text[1:].split("/"))
    if any(names == one[: len(names)] for one in fixed):
        raise bad_request(f"{text} cannot be changed by a patch.")
    return names


def _spot(document: Document, path: Path) -> _Spot:
    node: object = document
    for name in path[:-1]:
        node = _inner(node, name)
    if not isinstance(node, dict | list):
        raise bad_request("the parent of the path does not exist.")
    return _Spot(node, path[-1])


def _inner(node: object, name: str) -> object:
    if isinstance(node, dict) and name in node:
        return node[name]
    if isinstance(node, list) and name.isdecimal() and int(name) < len(node):
        return node[int(name)]
    raise bad_request("the parent of the path does not exist.")


def _index(spot: _Spot, most: int) -> int:
    if not spot.name.isdecimal() or int(spot.name) > most:
        raise bad_request(f"{spot.name!r} is not an index of the array.")
    return int(spot.name)


def _add(spot: _Spot, value: object) -> None:
    match spot.parent:
        case list() as array if spot.name == "-":
            array.append(value)
        case list() as array:
            array.insert(_index(spot, len(array)), value)
        case node:
            node[spot.name] = value


def _set(spot: _Spot, value: object) -> None:
    match spot.parent:
        case list() as array if spot.name == "-" or spot.name == str(len(array)):
            array.append(value)
        case list() as array:
            array[_index(spot, len(array) - 1)] = value
        case node:
            node[spot.name] = value


def _replace(spot: _Spot, value: object) -> None:
    _existing(spot)
    _set(spot, value)


def _existing(spot: _Spot) -> object:
    match spot.parent:
        case list() as array:
            return array[_index(spot, len(array) - 1)]
        case node if spot.name in node:
            return node[spot.name]
        case _:
            raise bad_request("the path does not exist.")


def _remove(spot: _Spot, value: object) -> None:
    del value
    _existing(spot)
    match spot.parent:
        case list() as array:
            del array[int(spot.name)]
        case node:
            del node[spot.name]


def _increment(spot: _Spot, value: object) -> None:
    if not _is_number(value):
        raise bad_request("the value of incr is a number.")
    if isinstance(spot.parent, dict) and spot.name not in spot.parent:
        spot.parent[spot.name] = value
        return
    before = _existing(spot)
    if not _is_number(before):
        raise bad_request("incr needs a number at the path.")
    _set(spot, before + value)  # type: ignore[operator] # both are numbers, as just checked


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _move(document: Document, source: Path, target: Path) -> None:
    if target[: len(source)] == source and target != source:
        raise bad_request("a value cannot be moved into itself.")
    spot = _spot(document, source)
    value = _existing(spot)
    _remove(spot, None)
    _add(_spot(document, target), value)


_ACTS: Final[Mapping[str, Callable[[_Spot, object], None]]] = {
    "add": _add,
    "set": _set,
    "replace": _replace,
    "remove": _remove,
    "incr": _increment,
}
