"""JSON Schemas of types: those with a name once, and referred to wherever they are used."""

from collections.abc import Mapping
from typing import Any, Final, override

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from api.openapi.operation import Schema

_TEMPLATE: Final = "#/components/schemas/{model}"


class _Plain(GenerateJsonSchema):
    """Titles of properties would repeat their names, and what has a default is in every answer all the same."""

    @override
    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    @override
    def field_is_required(self, field: Any, total: bool) -> bool:
        has_default = field["schema"]["type"] == "default"
        return super().field_is_required(field, total) or (has_default and self.mode == "serialization")

    @override
    def default_schema(self, schema: Any) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def schemas(
    *, read: Mapping[str, Any], written: Mapping[str, Any]
) -> tuple[Mapping[str, Schema], Mapping[str, Schema]]:
    """The schema of each type, under the name it was given, and those they refer to."""
    asked = [(name, "validation", TypeAdapter(kind)) for name, kind in read.items()]
    answered = [(name, "serialization", TypeAdapter(kind)) for name, kind in written.items()]
    made, shared = TypeAdapter.json_schemas(
        [*asked, *answered],  # type: ignore[list-item]  # both are modes
        ref_template=_TEMPLATE,
        schema_generator=_Plain,
    )
    return {str(name): schema for (name, _), schema in made.items()}, shared.get("$defs", {})
