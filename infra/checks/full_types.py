"""Shapes from the type data of the Bicep compiler itself (github.com/Azure/bicep-types-az), when somebody has it.

It knows versions, required and read-only properties as well. The project carries none of it: the file is named by the
setting ARM_TYPES. Its form: one JSON object, gzipped or not, `{"<type>@<version>" in lower case: shape}`, where a shape
is `{"k": "obj" | "disc" | "arr" | "str" | "int" | "bool" | "enum" | "any", …}`.
"""

import gzip
import json
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

from infra.checks.shapes import Anything, Fields, ListOf, OneOf, Scalar, Shape

SETTING: Final = "ARM_TYPES"
_REQUIRED, _READ_ONLY = 1, 2
_SCALARS: Final = {"str": str, "int": int, "bool": bool}


class FullTypes:
    """A `Types` of one file."""

    def __init__(self, file: Path) -> None:
        content = file.read_bytes()
        self._types: dict[str, Any] = json.loads(gzip.decompress(content) if file.suffix == ".gz" else content)
        self._versions: dict[str, set[str]] = defaultdict(set)
        for name in self._types:
            kind, _, version = name.partition("@")
            self._versions[kind].add(version)

    def shape(self, kind: str, version: str) -> Shape | None:
        found = self._types.get(f"{kind}@{version}".lower())
        return _shape(found) if found else None

    def knows_version(self, kind: str, version: str) -> bool:
        known = self._versions.get(kind.lower())
        return known is None or version in known


def _shape(raw: dict[str, Any]) -> Shape:
    match raw["k"]:
        case "obj" | "disc":
            return _fields(raw)
        case "arr":
            return ListOf(_shape(raw["i"]))
        case "enum":
            return OneOf(tuple(raw["v"]), is_open=bool(raw.get("open")))
        case kind if kind in _SCALARS:
            return Scalar(_SCALARS[kind], raw.get("minValue"), raw.get("maxValue"))
        case _:
            return Anything()


def _fields(raw: dict[str, Any]) -> Fields:
    listed: dict[str, Any] = raw.get("p", {})
    variants = {value: _fields(inner) for value, inner in raw.get("e", {}).items()}
    return Fields(
        {name: _shape(inner) for name, (_, inner) in listed.items()} | ({raw["d"]: Anything()} if variants else {}),
        required=frozenset(name for name, (flags, _) in listed.items() if flags & _REQUIRED),
        read_only=frozenset(
            name for name, (flags, _) in listed.items() if flags & _READ_ONLY and not flags & _REQUIRED
        ),
        others=_shape(raw["add"]) if raw.get("add") else None,
        by=raw.get("d", ""),
        variants=variants,
    )
