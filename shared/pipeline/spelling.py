"""A frozen dataclass as it is stored: its fields' names in camelCase, its tuples as lists, checked when it is read."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, Final, TypedDict

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config
from pydantic_core import SchemaValidator, core_schema

from shared.pipeline.naming import camel

_ONLY: Final = "value"


class Spelling[T]:
    """Reads and writes values of one type, and of the dataclasses in it, all in the speed of pydantic's core.

    A TypedDict around it carries the configuration, which plain dataclasses take over from whatever holds them
    (https://pydantic.dev/docs/validation/latest/concepts/config/#configuration-propagation).
    """

    def __init__(self, kind: type[T]) -> None:
        holder = TypedDict("holder", {_ONLY: kind})  # type: ignore[misc]  # the type is known when it runs
        self._adapter: TypeAdapter[Any] = TypeAdapter(with_config(ConfigDict(alias_generator=camel))(holder))

    def read(self, item: object) -> T:
        """Raises ValidationError; `places` says where and why."""
        value: T = self._adapter.validator.validate_python({_ONLY: item})[_ONLY]
        return value

    def write(self, value: T) -> Any:  # noqa: ANN401 - what JSON is made of, or nearly
        """Times stay times and tuples tuples."""
        return self._adapter.dump_python({_ONLY: value}, by_alias=True)[_ONLY]

    def write_json(self, value: T) -> Any:  # noqa: ANN401 - what JSON is made of
        return self._adapter.dump_python({_ONLY: value}, by_alias=True, mode="json")[_ONLY]

    def schema(self) -> tuple[Any, list[Any]]:
        """That of the value, with the definitions that it refers to."""
        whole: Any = self._adapter.core_schema
        definitions: list[Any] = []
        while whole["type"] != "typed-dict":
            definitions += whole.get("definitions", ())
            whole = whole["schema"]
        return whole["fields"][_ONLY]["schema"], definitions


class Renamed[T]:
    """A frozen dataclass read in one step from an item that has other names for its fields.

    `stored` says by field the name in the item and what reads it.
    """

    def __init__(self, kind: type[T], stored: Mapping[str, tuple[str, Spelling[Any] | TypeAdapter[Any]]]) -> None:
        definitions: list[Any] = []
        found: list[Any] = []
        for each in fields(kind):  # type: ignore[arg-type]  # every kind is a dataclass
            name, read = stored[each.name]
            schema, more = read.schema() if isinstance(read, Spelling) else (read.core_schema, [])
            definitions += more
            if each.default is not MISSING:
                schema = core_schema.with_default_schema(schema, default=each.default)
            found.append(core_schema.dataclass_field(each.name, schema, validation_alias=name))
        arguments = core_schema.dataclass_args_schema(kind.__name__, found)
        whole = core_schema.dataclass_schema(kind, arguments, [each["name"] for each in found], slots=True)
        self._validator = SchemaValidator(core_schema.definitions_schema(whole, definitions) if definitions else whole)

    def read(self, item: object) -> T:
        """Raises ValidationError."""
        value: T = self._validator.validate_python(item)
        return value


def places(error: ValidationError) -> str:
    """Where and why, never the value: a poison reason ends up in logs."""
    return "; ".join(
        f"{'.'.join(str(step) for step in problem['loc'] if step != _ONLY) or 'item'}: {problem['type']}"
        for problem in error.errors(include_input=False, include_url=False)
    )
