"""The parts of Bicep that this project uses, as a tree of values."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from infra.checks.places import Place


@dataclass(frozen=True, slots=True)
class Literal:
    at: Place
    value: str | int | bool | None


@dataclass(frozen=True, slots=True)
class Text:
    """A string with `${…}` in it: plain parts are strings."""

    at: Place
    parts: tuple["str | Node", ...]


@dataclass(frozen=True, slots=True)
class Name:
    at: Place
    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """`of.name`, `of.?name` when it may be missing, `of::name` for a nested resource."""

    at: Place
    of: "Node"
    name: str
    dot: str = "."


@dataclass(frozen=True, slots=True)
class Index:
    at: Place
    of: "Node"
    index: "Node"


@dataclass(frozen=True, slots=True)
class Call:
    """`of` is what a method is called on."""

    at: Place
    function: str
    arguments: tuple["Node", ...]
    of: "Node | None" = None


@dataclass(frozen=True, slots=True)
class Entry:
    at: Place
    key: "Node"
    value: "Node"


@dataclass(frozen=True, slots=True)
class Object:
    at: Place
    entries: tuple[Entry, ...]
    nested: tuple["Resource", ...] = ()


@dataclass(frozen=True, slots=True)
class Array:
    at: Place
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Ternary:
    at: Place
    condition: "Node"
    yes: "Node"
    no: "Node"


@dataclass(frozen=True, slots=True)
class Binary:
    at: Place
    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Unary:
    at: Place
    operator: str
    operand: "Node"


@dataclass(frozen=True, slots=True)
class Lambda:
    at: Place
    parameters: tuple[str, ...]
    body: "Node"


@dataclass(frozen=True, slots=True)
class Loop:
    """`names` are the item and, when asked for, its index."""

    at: Place
    names: tuple[str, ...]
    over: "Node"
    body: "Node"


@dataclass(frozen=True, slots=True)
class Only:
    """`if (condition) body`."""

    at: Place
    condition: "Node"
    body: "Node"


@dataclass(frozen=True, slots=True)
class Resource:
    """`type` has its version after `@`; a nested one has only the last part of its type."""

    at: Place
    name: str
    type: str
    body: "Node"
    exists: bool = False


type Node = (
    Literal
    | Text
    | Name
    | Member
    | Index
    | Call
    | Entry
    | Object
    | Array
    | Ternary
    | Binary
    | Unary
    | Lambda
    | Loop
    | Only
    | Resource
)


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below, in the order of the text."""
    for each in fields(node):
        value = getattr(node, each.name)
        for part in value if isinstance(value, tuple) else (value,):
            if not isinstance(part, str | int | Place | None):
                yield part


def block(node: Node) -> Object | None:
    """The object inside loops and conditions."""
    match node:
        case Object():
            return node
        case Loop(body=body) | Only(body=body):
            return block(body)
        case _:
            return None
