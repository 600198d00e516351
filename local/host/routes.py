"""HTTP routes: ASP.NET-style templates, matched without regard to case, in the order of the function names.

The host registers one route per function, sorted by name, and the first match wins whatever the templates look like;
a method that does not fit is part of not matching, so the answer is 404 and never 405. Sources: azure-functions-host,
FunctionMetadataManager and WebScriptHostHttpRoutesManager (HttpMethodRouteConstraint).
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from local.host.constraints import constraint
from local.host.errors import BadSettings

_PARAMETER = re.compile(r"\{(?P<rest>\*{0,2})(?P<name>[^}:=?]+)(?P<checks>(?::[^}=?]+(?:\([^)]*\))?)*)"
                        r"(?:=(?P<default>[^}]*))?(?P<optional>\?)?\}")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    accepts: tuple[Callable[[str], bool], ...]
    default: str | None
    is_optional: bool
    is_rest: bool


@dataclass(frozen=True, slots=True)
class Route:
    """One function's template (without the leading slash), its methods (none: all) and how to match them."""

    function: str
    template: str
    methods: frozenset[str]
    pattern: re.Pattern[str]
    parameters: tuple[Parameter, ...]

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """The route values of a decoded path, or None when method or path does not fit."""
        if self.methods and method.upper() not in self.methods:
            return None
        found = self.pattern.fullmatch(path.strip("/"))
        if found is None:
            return None
        values: dict[str, str] = {}
        for parameter, text in zip(self.parameters, found.groups(), strict=True):
            value = parameter.default if text is None else text
            if value is None or (parameter.is_rest and not value):
                continue
            if not all(accepts(value) for accepts in parameter.accepts):
                return None
            values[parameter.name] = value
        return values


def decoded(raw: str) -> str:
    """A request's path as routes see it: an encoded slash stays encoded, so that a value never grows a segment."""
    return unquote(re.sub("%2f", "%252F", raw, flags=re.IGNORECASE))


def route(function: str, template: str, *, methods: Iterable[str] = (), prefix: str = "") -> Route:
    """The route of `function`; raises BadSettings for a template that ASP.NET refuses too."""
    full = "/".join(part for part in (prefix, template.strip("/")) if part)
    pattern, parameters = "", list[Parameter]()
    for index, segment in enumerate(full.split("/") if full else ()):
        text, found = _segment(function, segment)
        is_optional = len(found) == 1 and (found[0].is_optional or found[0].is_rest or found[0].default is not None)
        slash = "/" if index else ""
        pattern += f"(?:{slash}{text})?" if is_optional else slash + text
        parameters.extend(found)
    return Route(
        function,
        full,
        frozenset(method.upper() for method in methods),
        re.compile(pattern, re.IGNORECASE | re.DOTALL),
        tuple(parameters),
    )


def _segment(function: str, segment: str) -> tuple[str, list[Parameter]]:
    pattern, parameters, position = "", list[Parameter](), 0
    for match in _PARAMETER.finditer(segment):
        parameters.append(_parameter(match))
        literal = _literal(function, segment[position : match.start()])
        pattern += literal + ("(.*)" if match["rest"] else "([^/]+?)")
        position = match.end()
    return pattern + _literal(function, segment[position:]), parameters


def _literal(function: str, text: str) -> str:
    if "{" in text or "}" in text:
        raise BadSettings(f"the route of function {function} has a template that cannot be read near '{text}'")
    return re.escape(text)


def _parameter(match: re.Match[str]) -> Parameter:
    checks = tuple(constraint(text) for text in _split_checks(match["checks"]))
    return Parameter(match["name"], checks, match["default"], bool(match["optional"]), bool(match["rest"]))


def _split_checks(text: str) -> list[str]:
    return re.findall(r":((?:[^:(]+)(?:\((?:[^)]*)\))?)", text)
