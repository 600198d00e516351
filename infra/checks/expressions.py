"""Expressions of Bicep, from the syntax tree of tree-sitter-bicep to our own nodes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from tree_sitter import Node as Syntax

from infra.checks.nodes import (
    Array,
    Binary,
    Call,
    Entry,
    Index,
    Lambda,
    Literal,
    Loop,
    Member,
    Name,
    Node,
    Object,
    Only,
    Resource,
    Ternary,
    Text,
    Unary,
)
from infra.checks.places import Place
from infra.checks.syntax import named, text, touching

_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t"}


class Unsupported(Exception):  # noqa: N818 - it states what the text is
    """Syntax outside the part of Bicep that is checked here."""

    def __init__(self, at: Place, what: str) -> None:
        super().__init__(what)
        self.at, self.what = at, what


class Expressions:
    """Reads the expressions of one file."""

    def __init__(self, file: str) -> None:
        self._file = file

    def place(self, syntax: Syntax) -> Place:
        return Place(self._file, syntax.start_point[0] + 1)

    def node(self, syntax: Syntax) -> Node:  # noqa: C901, PLR0911, PLR0912 - one case for each kind of syntax
        """Raises Unsupported, so that nothing is passed over in silence."""
        at, parts = self.place(syntax), named(syntax)
        match syntax.type:
            case "string":
                return self._string(syntax)
            case "number":
                return Literal(at, int(text(syntax)))
            case "boolean":
                return Literal(at, text(syntax) == "true")
            case "null":
                return Literal(at, value=None)
            case "identifier" | "property_identifier":
                return Name(at, text(syntax))
            case "parenthesized_expression":
                return self.node(parts[0])
            case "object":
                return self._object(syntax)
            case "array":
                return Array(at, tuple(self._array(parts)))
            case "unary_expression":
                return Unary(at, text(syntax.children[0]), self.node(parts[0]))
            case "binary_expression":
                return Binary(at, text(syntax.children[1]), self.node(parts[0]), self.node(parts[1]))
            case "ternary_expression":
                return Ternary(at, *map(self.node, parts))
            case "lambda_expression":
                return Lambda(at, self._parameters(parts[0]), self.node(parts[1]))
            case "for_statement":
                return self._loop(syntax)
            case "if_statement":
                return Only(at, self.node(parts[0]), self.node(parts[1]))
            case _:
                return self._postfix(syntax)

    def resource(self, syntax: Syntax) -> Resource:
        parts = named(syntax)
        kind = self.node(parts[1])
        if not (isinstance(kind, Literal) and isinstance(kind.value, str)):
            raise Unsupported(self.place(syntax), "a resource type that is not a plain string")
        exists = any(child.type == "existing" for child in syntax.children)
        return Resource(self.place(syntax), text(parts[0]), kind.value, self.node(parts[-1]), exists)

    def _postfix(self, syntax: Syntax) -> Node:
        at, parts = self.place(syntax), named(syntax)
        match syntax.type:
            case "member_expression":
                dot = next(text(child) for child in syntax.children if text(child) in {".", ".?"})
                return self._after(parts[0], lambda of: Member(at, of, text(parts[1]), dot))
            case "resource_expression":
                return self._after(parts[0], lambda of: Member(at, of, text(parts[1]), "::"))
            case "subscript_expression":
                index = self.node(parts[1])
                return self._after(parts[0], lambda of: Index(at, of, index))
            case "call_expression":
                return self._call(syntax)
            case other:
                raise Unsupported(at, f"{other.replace('_', ' ')} is not in the part of Bicep used here")

    def _call(self, syntax: Syntax) -> Node:
        at, (function, arguments) = self.place(syntax), named(syntax)[:2]
        given = tuple(map(self.node, named(arguments)))
        if function.type == "identifier":
            return Call(at, text(function), given)
        if function.type == "member_expression":
            of, name = named(function)
            return Call(at, text(name), given, self.node(of))
        raise Unsupported(at, "a call of something that is not a function")

    def _after(self, syntax: Syntax, attach: Callable[[Node], Node]) -> Node:
        # The grammar binds `x => x` and `a ? b : c` closer than the dot after them; Bicep does not.
        of = self.node(syntax)
        if syntax.type == "parenthesized_expression":
            return attach(of)
        return _rightmost(of, attach)

    def _string(self, syntax: Syntax) -> Literal | Text:
        parts: list[str | Node] = []
        end = syntax.start_byte + 1
        for part in named(syntax):
            if parts and part.start_byte > end:
                # The grammar has no name for an escaped dollar and leaves a gap.
                parts.append("$")
            end = part.end_byte
            match part.type:
                case "interpolation":
                    parts.append(self.node(named(part)[0]))
                case "escape_sequence":
                    escaped = text(part)[1:]
                    parts.append(_ESCAPES.get(escaped, escaped))
                case _:
                    parts.append(text(part))
        plain = [part for part in parts if isinstance(part, str)]
        if len(plain) < len(parts):
            return Text(self.place(syntax), tuple(parts))
        return Literal(self.place(syntax), "".join(plain))

    def _array(self, items: list[Syntax]) -> Iterator[Node]:
        """The grammar reads `[a[b]]` and `[f(x)]` as two items each; without a gap they are one."""
        for group in touching(items):
            match [(item.type, item) for item in group]:
                case [(_, only)]:
                    yield self.node(only)
                case [(_, of), ("array", index)]:
                    yield Index(self.place(of), self.node(of), self.node(named(index)[0]))
                case [("identifier", function), ("parenthesized_expression", given)]:
                    yield Call(self.place(function), text(function), tuple(map(self.node, named(given))))
                case _:
                    raise Unsupported(self.place(group[0]), "an item that needs a variable of its own")

    def _object(self, syntax: Syntax) -> Object:
        entries, nested = [], []
        for part in named(syntax):
            inner = named(part)
            if part.type != "object_property" or not inner:
                raise Unsupported(self.place(part), f"{text(part)[:40]!r} is not a property")
            if inner[0].type == "resource_declaration":
                nested.append(self.resource(inner[0]))
                continue
            if len(inner) != len(("key", "value")):
                raise Unsupported(self.place(part), f"{text(part)[:40]!r} is not a property")
            entries.append(Entry(self.place(part), self._key(inner[0]), self.node(inner[1])))
        return Object(self.place(syntax), tuple(entries), tuple(nested))

    def _key(self, syntax: Syntax) -> Node:
        return Literal(self.place(syntax), text(syntax)) if syntax.type == "identifier" else self.node(syntax)

    def _loop(self, syntax: Syntax) -> Loop:
        body = syntax.child_by_field_name("body")
        names, over = [part for part in named(syntax) if part != body]
        if body is None:
            raise Unsupported(self.place(syntax), "a loop without a body")
        found = [text(name) for name in named(names)] or [text(names)]
        return Loop(self.place(syntax), tuple(found), self.node(over), self.node(body))

    def _parameters(self, syntax: Syntax) -> tuple[str, ...]:
        return (text(syntax),) if syntax.type == "identifier" else tuple(map(text, named(syntax)))


def _rightmost(node: Node, attach: Callable[[Node], Node]) -> Node:
    match node:
        case Lambda():
            return replace(node, body=_rightmost(node.body, attach))
        case Ternary():
            return replace(node, no=_rightmost(node.no, attach))
        case Binary():
            return replace(node, right=_rightmost(node.right, attach))
        case Unary():
            return replace(node, operand=_rightmost(node.operand, attach))
        case _:
            return attach(node)
