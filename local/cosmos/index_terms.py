"""What an indexing policy covers of one document: a tree of its paths, walked side by side with the document."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from local.cosmos import items
from local.cosmos.indexing import Path, indexed_path
from local.cosmos.items import Document

_SYSTEM_TERMS: Final = 2
_ALWAYS: Final = {("id",), ("_ts",)}


@dataclass(slots=True)
class _Node:
    """`whole` is the verdict for everything below, `exact` for the value here; None leaves it to the node above."""

    whole: bool | None = None
    exact: bool | None = None
    inner: dict[str, "_Node"] = field(default_factory=dict)


type Counter = Callable[[Document, bytes], int]


def leaf_counter(policy: Mapping[str, object]) -> Counter:
    """A function that counts the values of a document which the policy indexes, plus two system terms.

    It is given the document's text as well, and raises CosmosError 400 for more than 128 levels: to count everything
    is to know the depth.
    """
    if policy["indexingMode"] == "none":
        return _nothing
    root = _tree(policy)
    if root.whole and not root.inner:
        return _everything
    return lambda document, text: _nothing(document, text) + _SYSTEM_TERMS + _count(document, root, covered=False)


def path_checker(policy: Mapping[str, object]) -> Callable[[Path], bool]:
    """Whether the value at a path is indexed; `id` and `_ts` are wherever anything is."""
    if policy["indexingMode"] == "none":
        return lambda _: False
    root = _tree(policy)
    return lambda path: path in _ALWAYS or _is_covered(path, root)


def _tree(policy: Mapping[str, object]) -> _Node:
    """The longer path wins, as one walks down; of two equal ones the included wins."""
    root = _Node()
    for name, verdict in (("excludedPaths", False), ("includedPaths", True)):
        entries = policy[name]
        for entry in entries if isinstance(entries, list) else ():
            if entry["path"] != '/"_etag"/?':
                _plant(root, entry["path"], verdict=verdict)
    return root


def _plant(root: _Node, text: str, *, verdict: bool) -> None:
    path = indexed_path(text)
    node = root
    for name in path.names:
        node = node.inner.setdefault(name, _Node())
    if path.whole:
        node.whole = verdict
    else:
        node.exact = verdict


def _count(value: object, node: _Node, *, covered: bool) -> int:
    covered = covered if node.whole is None else node.whole
    if not node.inner:
        if isinstance(value, (dict, list)):
            return _scalars(value)[0] if covered else 0
        return int(covered if node.exact is None else node.exact)
    if isinstance(value, dict):
        return _count_inner(value, node, covered=covered)
    if isinstance(value, list):
        elements = node.inner.get("[]") or _Node()
        return sum(_count(inner, elements, covered=covered) for inner in value)
    return int(covered if node.exact is None else node.exact)


def _count_inner(value: Mapping[str, object], node: _Node, *, covered: bool) -> int:
    """Where nothing is covered by default, only the named properties are looked at."""
    if not covered:
        named = ((value[name], inner) for name, inner in node.inner.items() if name in value)
        return sum(_count(one, inner, covered=False) for one, inner in named)
    rest = _Node()
    return sum(_count(one, node.inner.get(name, rest), covered=True) for name, one in value.items())


def _is_covered(path: Path, node: _Node) -> bool:
    covered = bool(node.whole)
    for name in path:
        found = node.inner.get(name)
        if found is None:
            return covered
        node = found
        covered = covered if node.whole is None else node.whole
    return covered if node.exact is None else node.exact


def _nothing(document: Document, text: bytes) -> int:
    # Fewer brackets than levels cannot nest too deep.
    items.check_depth(document, text.count(b"{") + text.count(b"["))
    return 0


def _everything(document: Document, _: bytes) -> int:
    count, levels = _scalars(document)
    items.check_depth(document, levels)
    return _SYSTEM_TERMS + count


def _scalars(content: dict[str, object] | list[object]) -> tuple[int, int]:
    """How many values, and in how many dictionaries and lists.

    Without recursion and with exact types: this runs on each write.
    """
    count = 1
    ahead = [content]
    for one in ahead:
        count += len(one) - 1
        for value in one.values() if type(one) is dict else one:
            if type(value) is dict or type(value) is list:
                ahead.append(value)  # noqa: PERF401 - the list is what the outer loop walks
    return count, len(ahead)
