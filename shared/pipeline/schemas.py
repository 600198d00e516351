"""The JSON Schema of what is published, made from the types that are published."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from shared.kernel import Publication
from shared.pipeline.cloud_events import CUSTOMER
from shared.pipeline.naming import camel

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_AMOUNT: Final = "An exact amount: `minor` counts hundredths of `currency`, an ISO 4217 code."
_CUSTOMER: Final = {"type": "string", "description": "The customer's id, opaque: it says nothing about a person."}

type Schema = dict[str, Any]


def data_schema[E](publication: Publication[E], kind: type[E]) -> Schema:
    """Of the `data` of one type of event. Readers ignore properties that they do not know."""
    made = TypeAdapter(kind).json_schema(mode="serialization")
    shown = {
        name: value for name, value in made.get("properties", {}).items() if name not in publication.kept_back_of(kind)
    }
    definitions = {name: _object(each, each["properties"]) for name, each in made.get("$defs", {}).items()}
    if "Money" in definitions:
        definitions["Money"]["description"] = _AMOUNT
    body = _object({"description": _told(kind, publication.kept_back_of(kind))}, shown)
    return {
        "$schema": DIALECT,
        "$id": publication.schema_of(kind),
        "title": kind.__name__,
        **body,
        "properties": {CUSTOMER: _CUSTOMER, **body["properties"]},
        "required": [CUSTOMER, *body["required"]],
        **({"$defs": definitions} if definitions else {}),
    }


def event_schema[E](publication: Publication[E], kind: type[E]) -> Schema:
    """Of a whole message: its attributes as CloudEvents names them, and its data."""
    text: Schema = {"type": "string", "minLength": 1}
    properties: dict[str, Schema] = {
        "specversion": {"const": "1.0"},
        "id": {**text, "description": "`subject:sequence`: the same whenever this event is sent. Drop what has come."},
        "source": {"const": publication.source},
        "type": {"const": publication.type_of(kind)},
        "subject": {**text, "description": "The id of the order, which is the partition key too."},
        "time": {"type": "string", "format": "date-time", "description": "When it happened, UTC."},
        "datacontenttype": {"const": "application/json"},
        "dataschema": {"const": publication.schema_of(kind)},
        "sequence": {
            "type": "string",
            "pattern": "^[0-9]{6,}$",
            "description": "Its place among the events of its order, from 000001 without gaps.",
        },
        "traceparent": {**text, "description": "W3C Trace Context of what caused it; absent when unknown."},
        "replay": {"const": True, "description": "Sent once more from history; absent on what is sent first."},
        "data": {"$ref": f"schemas/{file_of(publication, kind)}"},
    }
    optional = {"traceparent", "replay"}
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
    }


def file_of[E](publication: Publication[E], kind: type[E]) -> str:
    return f"{kind.__name__}.{publication.version_of(kind)}.json"


def _object(made: Mapping[str, Any], properties: Mapping[str, Any]) -> Schema:
    """With the names of JSON. Every property is always there."""
    told = {"description": text} if (text := made.get("description")) else {}
    renamed = {camel(name): _untitled(value) for name, value in properties.items()}
    return {"type": "object", **told, "properties": renamed, "required": list(renamed)}


def _untitled(value: Mapping[str, Any]) -> Schema:
    """Titles repeat the names, and defaults are never left out."""
    return {name: each for name, each in value.items() if name not in {"title", "default"}}


def _told(kind: type, kept_back: frozenset[str]) -> str:
    """Its docstring, unless that speaks of what nobody sees."""
    text = kind.__doc__ or ""
    # What a dataclass without words gets from Python is its signature.
    is_for_others = not text.startswith(f"{kind.__name__}(") and not any(name in text for name in kept_back)
    return " ".join(text.split()) if is_for_others else ""
