"""Indexing policies: checked, filled with defaults, and turned into a count of what one document indexes."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from local.cosmos.errors import bad_request
from local.cosmos.partition_key import parse_path

_ALL: Final = {"path": "/*"}
_ETAG_PATH: Final = {"path": '/"_etag"/?'}
_ORDERS: Final = {"ascending", "descending"}
_SYSTEM_TERMS: Final = 2

type Path = tuple[str, ...]


class IndexedPath(NamedTuple):
    """The names before the final `*` or `?`, and whether everything below counts."""

    names: Path
    whole: bool


def normal_policy(given: object) -> dict[str, object]:
    """The policy as the server answers it.

    Raises:
        CosmosError: 400 for an unknown mode or a path that is not one.

    """
    policy = {} if given is None else given
    if not isinstance(policy, dict):
        raise bad_request("The indexing policy is not an object.")
    mode = _mode(policy)
    included: list[dict[str, object]] = []
    excluded: list[dict[str, object]] = []
    if mode["indexingMode"] != "none":
        included = _paths(policy.get("includedPaths"), "includedPaths")
        excluded = _paths(policy.get("excludedPaths"), "excludedPaths")
        if not included and _ALL not in excluded:
            included = [dict(_ALL)]
        if _ETAG_PATH not in excluded:
            excluded.append(dict(_ETAG_PATH))
        _check_composites(policy.get("compositeIndexes", []))
    return {**policy, **mode, "includedPaths": included, "excludedPaths": excluded}


def _mode(policy: Mapping[str, object]) -> dict[str, object]:
    mode = str(policy.get("indexingMode", "consistent")).lower()
    automatic = policy.get("automatic", mode != "none")
    if mode not in {"consistent", "none", "lazy"}:
        raise bad_request(f"The indexing mode {mode!r} is not known; it is consistent or none.")
    if not isinstance(automatic, bool) or (mode == "none" and automatic):
        raise bad_request("With indexing mode none, automatic must be false.")
    return {"indexingMode": mode, "automatic": automatic}


def _paths(given: object, name: str) -> list[dict[str, object]]:
    if given is None:
        return []
    if not isinstance(given, list):
        raise bad_request(f"{name} is not an array.")
    return [_checked(entry, name) for entry in given]


def _checked(entry: object, name: str) -> dict[str, object]:
    """Old `indexes` arrays are dropped from the answer, as the SDK's own tests expect."""
    if not isinstance(entry, dict) or not isinstance(entry.get("path"), str):
        raise bad_request(f"An entry of {name} has no path.")
    indexed_path(entry["path"])
    return {key: value for key, value in entry.items() if key != "indexes"}


def indexed_path(text: str) -> IndexedPath:
    """Reads `/a/b/?` or `/a/*`."""
    names = ("*",) if text == "/*" else parse_path(text)
    if names[-1] not in {"*", "?"}:
        raise bad_request(f"The path {text!r} of the indexing policy must end in /? or /*.")
    return IndexedPath(names[:-1], names[-1] == "*")


def _check_composites(given: object) -> None:
    if not isinstance(given, list):
        raise bad_request("compositeIndexes is not an array.")
    for composite in given:
        if not isinstance(composite, list) or len(composite) < len(("first", "second")):
            raise bad_request("A composite index names at least two paths.")
        for part in composite:
            if not isinstance(part, dict) or str(part.get("order", "ascending")).lower() not in _ORDERS:
                raise bad_request("The order in a composite index is ascending or descending.")
            parse_path(part.get("path"))


def composite_orders(policy: Mapping[str, object]) -> tuple[tuple[tuple[Path, bool], ...], ...]:
    """Each composite index as (path, descending) pairs."""
    composites = policy.get("compositeIndexes", [])
    if not isinstance(composites, list):
        return ()
    return tuple(
        tuple(
            (parse_path(part["path"]), str(part.get("order", "ascending")).lower() == "descending")
            for part in composite
        )
        for composite in composites
    )
