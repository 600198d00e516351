"""One Bicep or parameter file: what it declares, in its own order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import tree_sitter_bicep
from tree_sitter import Language, Parser
from tree_sitter import Node as Syntax

from infra.checks.expressions import Expressions, Unsupported
from infra.checks.nodes import Call, Node, Resource
from infra.checks.places import Finding, Place
from infra.checks.syntax import broken, named, text

_PARSER: Final = Parser(Language(tree_sitter_bicep.language()))
# The grammar knows no parameter files, so they are read as variables. Every offset stays where it was.
_ASSIGNED: Final = re.compile(rb"^param (\w+\s*=)", re.MULTILINE)
_USING: Final = re.compile(rb"^using '([^']+)'", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Parameter:
    """`type` is the text of its type."""

    at: Place
    name: str
    type: str
    default: Node | None
    decorators: tuple[Call, ...] = ()

    @property
    def is_required(self) -> bool:
        return self.default is None and not self.type.endswith("?")


@dataclass(frozen=True, slots=True)
class Variable:
    at: Place
    name: str
    value: Node


@dataclass(frozen=True, slots=True)
class Module:
    at: Place
    name: str
    file: str
    body: Node


@dataclass(slots=True)
class Template:
    """`file` is relative to the tree; `using` is the template that a parameter file fills."""

    file: str
    scope: str = "resourceGroup"
    using: str | None = None
    parameters: dict[str, Parameter] = field(default_factory=dict)
    variables: dict[str, Variable] = field(default_factory=dict)
    resources: dict[str, Resource] = field(default_factory=dict)
    modules: dict[str, Module] = field(default_factory=dict)
    outputs: dict[str, Variable] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def declared(self) -> Iterator[Parameter | Variable | Resource | Module]:
        yield from self.parameters.values()
        yield from self.variables.values()
        yield from self.resources.values()
        yield from self.modules.values()

    def declared_at(self, name: str) -> Place:
        return next((each.at for each in self.declared() if each.name == name), Place(self.file))

    def bodies(self) -> Iterator[Node]:
        """Every expression of the file."""
        yield from (each.default for each in self.parameters.values() if each.default)
        yield from (each.value for each in (*self.variables.values(), *self.outputs.values()))
        yield from (each.body for each in self.resources.values())
        yield from (each.body for each in self.modules.values())

    def refuse(self, at: Place, check: str, message: str) -> None:
        self.findings.append(Finding(at, check, message))


def read(root: Path, file: str) -> Template:
    """Raises FileNotFoundError."""
    return _read(file, (root / file).read_bytes())


@cache
def _read(file: str, source: bytes) -> Template:
    template = Template(file)
    if using := _USING.search(source):
        template.using = using[1].decode()
        source = _USING.sub(lambda found: b"//" + found[0][2:], _ASSIGNED.sub(rb"var   \1", source))
    tree = _PARSER.parse(source).root_node
    reader = Expressions(file)
    for wrong in broken(tree):
        template.refuse(reader.place(wrong), "syntax", f"not Bicep near {text(wrong)[:40]!r}")
    decorators: tuple[Call, ...] = ()
    for statement in named(tree):
        if statement.type == "decorators":
            decorators = tuple(_decorator(reader, each) for each in named(statement))
            continue
        try:
            _declare(template, reader, statement, decorators)
        except (Unsupported, ValueError, IndexError) as error:
            at = error.at if isinstance(error, Unsupported) else reader.place(statement)
            template.refuse(at, "syntax", str(error) or "not understood")
        decorators = ()
    return template


def _decorator(reader: Expressions, syntax: Syntax) -> Call:
    call = reader.node(named(syntax)[0])
    return call if isinstance(call, Call) else Call(call.at, "", ())


def _declare(template: Template, reader: Expressions, syntax: Syntax, decorators: tuple[Call, ...]) -> None:
    at, parts = reader.place(syntax), named(syntax)
    name = text(parts[0]) if parts else ""
    match syntax.type:
        case "target_scope_assignment":
            template.scope = text(parts[0]).strip("'")
        case "parameter_declaration":
            default = reader.node(parts[-1]) if any(text(child) == "=" for child in syntax.children) else None
            _add(template, template.parameters, Parameter(at, name, text(parts[1]), default, decorators))
        case "variable_declaration":
            _add(template, template.variables, Variable(at, name, reader.node(parts[-1])))
        case "output_declaration":
            template.outputs[name] = Variable(at, name, reader.node(parts[-1]))
        case "resource_declaration":
            _add(template, template.resources, reader.resource(syntax))
        case "module_declaration":
            _add(template, template.modules, Module(at, name, text(parts[1]).strip("'"), reader.node(parts[-1])))
        case "ERROR":
            pass
        case other:
            raise Unsupported(at, f"{other.replace('_', ' ')} is not in the part of Bicep used here")


def _add[T: Parameter | Variable | Resource | Module](template: Template, group: dict[str, T], declared: T) -> None:
    if any(each.name == declared.name for each in template.declared()):
        template.refuse(declared.at, "name", f"'{declared.name}' is declared twice")
    group[declared.name] = declared
