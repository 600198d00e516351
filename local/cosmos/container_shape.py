"""What a container's definition may say, and what the server fills in."""

from collections.abc import Mapping
from typing import Final

from local.cosmos.computed_properties import computed_properties
from local.cosmos.errors import bad_request
from local.cosmos.indexing import normal_policy
from local.cosmos.partition_key import PartitionKey, parse_path

FORBIDDEN_IN_IDS: Final = frozenset("/\\?#")
_LONGEST_ID: Final = 255
_MOST_KEY_PATHS: Final = 3
_MOST_UNIQUE_KEYS: Final = 10
_MOST_UNIQUE_PATHS: Final = 16
_FIXED: Final = ("partitionKey", "uniqueKeyPolicy")


def checked_id(content: Mapping[str, object]) -> str:
    """The id of a database or container.

    Raises:
        CosmosError: 400 when it is missing, too long or holds `/`, a backslash, `?` or `#`.

    """
    name = content.get("id")
    if not isinstance(name, str) or not name or name != name.rstrip():
        raise bad_request("The input content is invalid because the required properties - 'id; ' - are missing.")
    if FORBIDDEN_IN_IDS & set(name) or len(name) > _LONGEST_ID:
        raise bad_request(f"The id {name!r} is not valid: at most {_LONGEST_ID} characters, none of / \\ ? #.")
    return name


def normal_shape(given: Mapping[str, object]) -> dict[str, object]:
    """The definition as it is stored and answered, without system properties."""
    shape = {key: value for key, value in given.items() if not key.startswith("_")}
    shape["id"] = checked_id(given)
    shape["indexingPolicy"] = normal_policy(given.get("indexingPolicy"))
    shape["partitionKey"] = normal_key(given.get("partitionKey"))
    shape.setdefault(
        "conflictResolutionPolicy",
        {"mode": "LastWriterWins", "conflictResolutionPath": "/_ts", "conflictResolutionProcedure": ""},
    )
    shape.setdefault("geospatialConfig", {"type": "Geography"})
    _check_ttl(shape, "defaultTtl")
    unique_paths(shape)
    computed_properties(shape)
    return shape


def changed_shape(before: Mapping[str, object], given: Mapping[str, object]) -> dict[str, object]:
    """A replacement: left-out fields fall back to their defaults, keys and id stay."""
    after = normal_shape(given)
    if after["id"] != before["id"]:
        raise bad_request("The id of a container cannot be changed.")
    for fixed in _FIXED:
        if fixed in given and after.get(fixed) != before.get(fixed):
            raise bad_request(f"The {fixed} of a container cannot be changed.")
    return {**after, **{fixed: before[fixed] for fixed in _FIXED if fixed in before}}


def normal_key(given: object) -> dict[str, object]:
    if given is None:
        return {"paths": ["/_partitionKey"], "kind": "Hash", "version": 2, "systemKey": True}
    if not isinstance(given, dict) or not isinstance(given.get("paths"), list) or not given["paths"]:
        raise bad_request("The partition key definition has no paths.")
    kind = given.get("kind", "Hash")
    paths = [parse_path(path) for path in given["paths"]]
    allowed = {"Hash": 1, "MultiHash": _MOST_KEY_PATHS}.get(kind)
    if allowed is None or len(paths) > allowed:
        raise bad_request(f"A partition key of kind {kind!r} cannot have {len(paths)} paths.")
    version = given.get("version", 2 if kind == "MultiHash" else 1)
    if version not in {1, 2} or (kind == "MultiHash" and version == 1):
        raise bad_request(f"The partition key version {version!r} is not valid for kind {kind}.")
    return {**given, "kind": kind, "version": version}


def partition_key(shape: Mapping[str, object]) -> PartitionKey:
    match shape["partitionKey"]:
        case {"paths": [*paths], "kind": str(kind), "version": int(version), **rest}:
            return PartitionKey(
                paths=tuple(parse_path(path) for path in paths),
                hierarchical=kind == "MultiHash",
                version=version,
                system=rest.get("systemKey") is True,
            )
        case other:
            raise bad_request(f"The partition key definition {other!r} is not valid.")


def default_ttl(shape: Mapping[str, object]) -> int | None:
    """Seconds, -1 for on without a default, None for off."""
    value = shape.get("defaultTtl")
    return value if isinstance(value, int) else None


def _check_ttl(shape: Mapping[str, object], name: str) -> None:
    """`defaultTtl` is absent, -1 or a positive number (learn.microsoft.com, time-to-live)."""
    if name not in shape:
        return
    value = shape[name]
    if isinstance(value, bool) or not isinstance(value, int) or (value != -1 and value < 1):
        raise bad_request(f"The {name} {value!r} is not valid: it is -1 or a positive number of seconds.")


def unique_paths(shape: Mapping[str, object]) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """The paths of each unique key.

    Raises:
        CosmosError: 400 for more than 10 keys, more than 16 paths, or something that is not a path.

    """
    policy = shape.get("uniqueKeyPolicy") or {}
    keys = policy.get("uniqueKeys", []) if isinstance(policy, dict) else None
    if not isinstance(keys, list) or len(keys) > _MOST_UNIQUE_KEYS:
        raise bad_request(f"A unique key policy has at most {_MOST_UNIQUE_KEYS} keys.")
    return tuple(_paths_of(key) for key in keys)


def _paths_of(key: object) -> tuple[tuple[str, ...], ...]:
    paths = key.get("paths") if isinstance(key, dict) else None
    if not isinstance(paths, list) or not paths or len(paths) > _MOST_UNIQUE_PATHS:
        raise bad_request(f"A unique key names 1 to {_MOST_UNIQUE_PATHS} paths.")
    return tuple(parse_path(path) for path in paths)
