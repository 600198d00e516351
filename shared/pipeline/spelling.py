"""A frozen dataclass as it is stored: its fields' names in camelCase, its tuples as lists, checked when it is read."""

from typing import Any, Final, TypedDict

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

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


def places(error: ValidationError) -> str:
    """Where and why, never the value: a poison reason ends up in logs."""
    return "; ".join(
        f"{'.'.join(str(step) for step in problem['loc'] if step != _ONLY) or 'item'}: {problem['type']}"
        for problem in error.errors(include_input=False, include_url=False)
    )
