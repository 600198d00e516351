"""Names: every one that is used is declared, and every one that is declared is used."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from infra.checks import functions
from infra.checks.arguments import TYPES
from infra.checks.nodes import Call, Lambda, Loop, Member, Name, Node, Object, Resource, children
from infra.checks.places import Finding
from infra.checks.template import Parameter, Template, Variable

# The one namespace that may stand before a function.
_NAMESPACES: Final = frozenset({"az", "sys"})


def misnamed(template: Template) -> Iterator[Finding]:
    """Also in branches that no environment takes."""
    declared = {each.name for each in template.declared()} | _NAMESPACES | set(_nested(template))
    used: set[str] = set()
    for body in template.bodies():
        yield from _unknown(body, frozenset(declared), used)
    if template.using:
        return
    for parameter in template.parameters.values():
        if parameter.type.removesuffix("?").removesuffix("[]") not in TYPES:
            yield Finding(parameter.at, "type", f"'{parameter.type}' is not a type that is known here")
    for each in template.declared():
        if isinstance(each, Parameter | Variable) and each.name not in used:
            yield Finding(each.at, "unused", f"'{each.name}' is never used")


def unread_outputs(template: Template, modules: dict[str, Template]) -> Iterator[Finding]:
    """Outputs that a module does not have, wherever they are read."""
    for body in template.bodies():
        for node in _all(body):
            match node:
                case Member(of=Member(of=Name(name=module), name="outputs"), name=output) if module in modules:
                    if output not in modules[module].outputs:
                        yield Finding(node.at, "output", f"{modules[module].file} has no output '{output}'")
                case _:
                    pass


def _unknown(node: Node, known: frozenset[str], used: set[str]) -> Iterator[Finding]:
    match node:
        case Name():
            used.add(node.name)
            if node.name not in known:
                yield Finding(node.at, "name", f"'{node.name}' is not declared{_meant(node.name, known)}")
        case Call(of=None) if node.function not in functions.NAMES:
            yield Finding(
                node.at, "function", f"there is no function {node.function}(){_meant(node.function, functions.NAMES)}"
            )
    inner = known
    match node:
        case Loop(names=names) | Lambda(parameters=names):
            inner = known | set(names)
        case _:
            pass
    for child in children(node):
        yield from _unknown(child, inner, used)


def _nested(template: Template) -> Iterator[str]:
    for body in template.bodies():
        for node in _all(body):
            if isinstance(node, Object):
                yield from (child.name for child in node.nested)


def _all(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from _all(child)


def _meant(name: str, known: frozenset[str]) -> str:
    close = get_close_matches(name, known, 1)
    return f" (did you mean '{close[0]}'?)" if close else ""


def resources(template: Template) -> Iterator[Resource]:
    """All declared resources, nested ones included."""
    for resource in template.resources.values():
        yield from (node for node in _all(resource) if isinstance(node, Resource))
