"""What Azure takes: the shape of a resource's body, and where a body differs from it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Protocol

from infra.checks.places import Finding, Place
from infra.checks.values import Deployed, Items, Record, Value


@dataclass(frozen=True, slots=True)
class Anything:
    """Known to exist, and no more."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """`kind` is str, int or bool; numbers may have bounds."""

    kind: type
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class OneOf:
    """`is_open`: Azure may know more values than these, so only a slip of the pen is certain to be wrong."""

    values: tuple[str, ...]
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class ListOf:
    item: "Shape"


@dataclass(frozen=True, slots=True)
class Fields:
    """`others` is the shape of keys that are not listed. `variants` are more fields, chosen by the value of `by`."""

    fields: Mapping[str, "Shape"]
    required: frozenset[str] = frozenset()
    read_only: frozenset[str] = frozenset()
    others: "Shape | None" = None
    by: str = ""
    variants: Mapping[str, "Fields"] = field(default_factory=dict)


type Shape = Anything | Scalar | OneOf | ListOf | Fields


class Types(Protocol):
    """Where shapes come from."""

    def shape(self, kind: str, version: str) -> Shape | None:
        """None when this source does not know the type."""
        ...

    def knows_version(self, kind: str, version: str) -> bool:
        """True as well when this source cannot tell."""
        ...


def misshapen(resource: Deployed, types: Types) -> Iterator[Finding]:
    if not types.knows_version(resource.type, resource.version):
        yield Finding(resource.at, "version", f"{resource.type} has no version {resource.version!r}")
    shape = types.shape(resource.type, resource.version)
    if isinstance(shape, Fields):
        body = Record(
            resource.body.at, {**resource.body, "name": resource.name.rsplit("/", 1)[-1]}, resource.body.places
        )
        yield from differences(body, shape, body.at, "")


def differences(value: Value, shape: Shape, at: Place, path: str) -> Iterator[Finding]:
    match shape, value:
        case (Fields(), Record()):
            yield from _fields(value, shape, path)
        case (ListOf(), Items()):
            for index, item in enumerate(value):
                where = item.at if isinstance(item, Record) else at
                yield from differences(item, shape.item, where, f"{path}[{index}]")
        case (Scalar(), int() | str()):
            yield from _scalar(value, shape, at, path)
        case (OneOf(), str()):
            yield from _one_of(value, shape, at, path)
        case (Fields() | ListOf(), str() | int()) | (Fields(), Items()) | (ListOf(), Record()):
            yield Finding(at, "type", f"{path} is {_called(shape)}, not {_called_value(value)}")
        case (Scalar() | OneOf(), Record() | Items()) | (OneOf(), int()):
            yield Finding(at, "type", f"{path} is {_called(shape)}, not {_called_value(value)}")
        case _:
            # Known only in Azure, or a shape that takes anything.
            pass


def _fields(record: Record, shape: Fields, path: str) -> Iterator[Finding]:
    variant = shape.variants.get(str(record.get(shape.by)))
    fields = {**shape.fields, **(variant.fields if variant else {})}
    if shape.variants and isinstance(record.get(shape.by), str) and not variant:
        yield Finding(
            record.place(shape.by), "value", f"{path}.{shape.by} is one of {', '.join(sorted(shape.variants))}"
        )
        return
    others = shape.others or (variant.others if variant else None)
    for key, value in record.items():
        here = f"{path}.{key}" if path else key
        inner = fields.get(key, others)
        if inner is None:
            yield Finding(record.place(key), "property", f"{here} does not exist{_meant(key, fields)}")
        elif key in shape.read_only:
            yield Finding(record.place(key), "property", f"{here} can only be read")
        else:
            yield from differences(value, inner, record.place(key), here)
    required = shape.required | (variant.required if variant else frozenset())
    for missing in sorted(required - record.keys()):
        yield Finding(record.at, "property", f"{path or 'the resource'} needs '{missing}'")


def _scalar(value: int | str, shape: Scalar, at: Place, path: str) -> Iterator[Finding]:
    if shape.kind is int and isinstance(value, int) and not isinstance(value, bool):
        if not (shape.least or value) <= value <= (shape.most or value):
            yield Finding(at, "value", f"{path} is from {shape.least} to {shape.most}, not {value}")
    elif type(value) is not shape.kind:
        yield Finding(at, "type", f"{path} is {_called(shape)}, not {_called_value(value)}")


def _one_of(value: str, shape: OneOf, at: Place, path: str) -> Iterator[Finding]:
    if value in shape.values:
        return
    close = get_close_matches(value, shape.values, 1, 0.7)
    if close or not shape.is_open:
        yield Finding(at, "value", f"{path} is one of {', '.join(shape.values)}, not {value!r}")


def _called(shape: Shape) -> str:
    match shape:
        case Scalar(kind=kind):
            return {str: "a text", int: "a number", bool: "true or false"}[kind]
        case OneOf(values=values):
            return f"one of {', '.join(values)}"
        case ListOf():
            return "an array"
        case _:
            return "an object"


def _called_value(value: Value) -> str:
    match value:
        case Record():
            return "an object"
        case Items():
            return "an array"
        case _:
            return repr(value)


def _meant(key: str, fields: Mapping[str, Shape]) -> str:
    close = get_close_matches(key, fields, 1, 0.6)
    return f" (did you mean '{close[0]}'?)" if close else ""
