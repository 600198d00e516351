"""What an expression amounts to: everything but what only Azure can know."""

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from infra.checks import functions
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
from infra.checks.values import Deployed, Deployment, Items, Record, Runtime, Value

_OPERATORS: Final[Mapping[str, Callable[[Any, Any], Value]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.floordiv,
    "%": operator.mod,
    "=~": lambda one, other: one.lower() == other.lower(),
}


class Scope(Protocol):
    """The template that an expression stands in."""

    def lookup(self, name: str, at: Place) -> Value: ...

    def ask(self, call: Call, arguments: tuple[Value, ...]) -> Value:
        """Functions that depend on the file or on the deployment. Raises KeyError for any other."""
        ...

    def refuse(self, at: Place, check: str, message: str) -> None: ...


class Evaluator:
    """Expressions of one template; `local` are the names of loops and lambdas."""

    def __init__(self, scope: Scope, local: Mapping[str, Value] = {}) -> None:
        self._scope, self._local = scope, local

    def within(self, local: Mapping[str, Value]) -> "Evaluator":
        return Evaluator(self._scope, {**self._local, **local})

    def value(self, node: Node) -> Value:  # noqa: C901, PLR0911, PLR0912 - one case for each kind of node
        match node:
            case Literal():
                return node.value
            case Text():
                return "".join(part if isinstance(part, str) else str(self.value(part)) for part in node.parts)
            case Name():
                return self._local[node.name] if node.name in self._local else self._scope.lookup(node.name, node.at)
            case Member():
                return self._member(node)
            case Index():
                return self._index(node)
            case Call():
                return self._call(node)
            case Object():
                return self.record(node)
            case Array():
                return Items(node.at, [self.value(item) for item in node.items])
            case Ternary():
                return self._ternary(node)
            case Binary():
                return self._binary(node)
            case Unary():
                return self._unary(node)
            case Lambda():
                return lambda *given: self.within(dict(zip(node.parameters, given, strict=False))).value(node.body)
            case Loop():
                return Items(node.at, [inner.value(node.body) for inner in self.turns(node)])
            case Only() | Entry() | Resource():
                raise AssertionError("these stand only in declarations")

    def record(self, node: Object, *, skip: frozenset[str] = frozenset()) -> Record:
        made = Record(node.at)
        for entry in node.entries:
            key = str(self.value(entry.key))
            if key in made:
                self._scope.refuse(entry.at, "name", f"'{key}' is given twice")
            if key not in skip:
                made.put(key, self.value(entry.value), entry.at)
        return made

    def turns(self, node: Loop) -> list["Evaluator"]:
        """One evaluator for each turn of a loop."""
        over = self.value(node.over)
        if not isinstance(over, Items):
            self._scope.refuse(node.at, "type", "a loop needs an array that is known before the deployment")
            return []
        return [self.within(dict(zip(node.names, (item, at), strict=False))) for at, item in enumerate(over)]

    def _member(self, node: Member) -> Value:  # noqa: PLR0911 - one case for each kind of value
        of = self.value(node.of)
        match of:
            case Record():
                return self._key(of, node.name, node)
            case Deployment() if node.name == "outputs":
                return of.outputs
            case Deployed() if node.dot == "::" and node.name in of.body.nested:
                return of.body.nested[node.name]
            case Deployed() if node.dot != "::":
                return of.member(node.name)
            case Runtime():
                return Runtime(f"{of.text}.{node.name}")
            case None if node.dot == ".?":
                return None
            case _:
                self._scope.refuse(node.at, "member", f"nothing here has a '{node.name}'")
                return Runtime(node.name)

    def _index(self, node: Index) -> Value:
        of, index = self.value(node.of), self.value(node.index)
        if isinstance(of, Record) and isinstance(index, str):
            return self._key(of, index, node)
        if isinstance(of, Items) and isinstance(index, int) and 0 <= index < len(of):
            return of[index]
        if not isinstance(of, Runtime) and not isinstance(index, Runtime):
            self._scope.refuse(node.at, "member", f"nothing stands at [{index}]")
        return Runtime(f"{of}[{index}]")

    def _key(self, record: Record, key: str, node: Member | Index) -> Value:
        if key in record:
            return record[key]
        if isinstance(node, Member) and node.dot == ".?":
            return None
        self._scope.refuse(node.at, "member", f"no '{key}' among {', '.join(sorted(record)) or 'nothing'}")
        return Runtime(key)

    def _call(self, node: Call) -> Value:
        arguments = tuple(map(self.value, node.arguments))
        if node.of:
            return Runtime(f"{_shown(self.value(node.of))}.{node.function}()")
        try:
            if node.function in functions.EVALUATED:
                return functions.call(node.function, node.at, arguments)
            return self._scope.ask(node, arguments)
        except KeyError:
            if node.function in functions.NAMES:
                self._scope.refuse(node.at, "function", f"{node.function}() is not known to these checks")
        except (TypeError, IndexError, AttributeError, ValueError) as error:
            self._scope.refuse(node.at, "function", f"{node.function}() does not take this: {error}")
        return Runtime(f"{node.function}()")

    def _ternary(self, node: Ternary) -> Value:
        condition = self.value(node.condition)
        if not isinstance(condition, bool):
            self._scope.refuse(node.at, "type", "a condition must be known before the deployment")
        return self.value(node.yes if condition else node.no)

    def _binary(self, node: Binary) -> Value:
        left = self.value(node.left)
        match node.operator:
            case "&&":
                return left and self.value(node.right)
            case "||":
                return left or self.value(node.right)
            case "??":
                return self.value(node.right) if left is None else left
            case _:
                pass
        right = self.value(node.right)
        if isinstance(left, Runtime) or isinstance(right, Runtime):
            return Runtime(f"{left} {node.operator} {right}")
        try:
            return _OPERATORS[node.operator](left, right)
        except TypeError as error:
            self._scope.refuse(node.at, "type", f"'{node.operator}' does not take this: {error}")
            return Runtime(node.operator)

    def _unary(self, node: Unary) -> Value:
        operand = self.value(node.operand)
        match node.operator, operand:
            case "!", bool():
                return not operand
            case "-", int():
                return -operand
            case _:
                self._scope.refuse(node.at, "type", f"'{node.operator}' does not take {operand}")
                return Runtime(node.operator)


def _shown(value: Value) -> str:
    return value.name if isinstance(value, Deployed) else str(value)
