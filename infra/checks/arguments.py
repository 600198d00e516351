"""What a template is given, against what it asks for."""

from collections.abc import Iterator
from difflib import get_close_matches

from infra.checks.nodes import Array, Literal
from infra.checks.places import Finding, Place
from infra.checks.template import Parameter, Template
from infra.checks.values import Items, Record, Runtime, Value

TYPES = {"string": str, "int": int, "bool": bool, "object": Record, "array": Items}


def misfits(template: Template, given: Record, at: Place) -> Iterator[Finding]:
    """`at` is where the template is used."""
    for name in given:
        if name not in template.parameters:
            close = get_close_matches(name, template.parameters, 1)
            meant = f" (did you mean '{close[0]}'?)" if close else ""
            yield Finding(given.place(name), "parameter", f"{template.file} has no parameter '{name}'{meant}")
    for parameter in template.parameters.values():
        if parameter.name in given:
            where = given.place(parameter.name)
            for message in wrong(parameter, given[parameter.name]):
                yield Finding(where, "parameter", f"{template.file} parameter '{parameter.name}' {message}")
        elif parameter.is_required:
            yield Finding(at, "parameter", f"{template.file} needs parameter '{parameter.name}'")


def wrong(parameter: Parameter, value: Value) -> Iterator[str]:
    if isinstance(value, Runtime) or (value is None and parameter.type.endswith("?")):
        return
    if not is_a(parameter.type, value):
        yield f"is {parameter.type}, not {value!r:.60}"
        return
    for decorator in parameter.decorators:
        limit = decorator.arguments[0] if decorator.arguments else None
        if isinstance(limit, Array):
            allowed = [item.value for item in limit.items if isinstance(item, Literal)]
            if decorator.function == "allowed" and value not in allowed:
                yield f"must be one of {', '.join(map(str, allowed))}, not {value}"
        elif isinstance(limit, Literal) and not _keeps(decorator.function, limit.value, value):
            yield f"is outside its {decorator.function} {limit.value}: {value!r:.60}"


def is_a(kind: str, value: Value) -> bool:
    """Whether the value has this type. Types that the project does not use are accepted nowhere."""
    kind = kind.removesuffix("?")
    if kind.endswith("[]"):
        return isinstance(value, Items) and all(is_a(kind.removesuffix("[]"), item) for item in value)
    if isinstance(value, Runtime):
        return True
    if kind == "int" and isinstance(value, bool):
        return False
    return kind in TYPES and isinstance(value, TYPES[kind])


def _keeps(limit: str, bound: object, value: Value) -> bool:
    match limit, bound, value:
        case "minLength", int(), str() | Items():
            return len(value) >= bound
        case "maxLength", int(), str() | Items():
            return len(value) <= bound
        case "minValue", int(), int():
            return value >= bound
        case "maxValue", int(), int():
            return value <= bound
        case "minLength" | "maxLength" | "minValue" | "maxValue", _, _:
            return False
        case _:
            return True
