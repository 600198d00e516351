"""The API's document as tests read it."""

import json
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from local.schemas import DOCS

DOCUMENT: dict[str, Any] = json.loads((DOCS / "openapi.json").read_text())
OPERATIONS = [(path, method, said) for path, ways in DOCUMENT["paths"].items() for method, said in ways.items()]


def conforms(value: object, schema: Mapping[str, Any]) -> None:
    """Raises unless the value is what a schema of the document says."""
    whole = {**schema, "components": DOCUMENT["components"]}
    Draft202012Validator(whole, format_checker=FormatChecker()).validate(value)
