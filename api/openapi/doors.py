"""Every way in over HTTP, as the functions themselves say it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import azure.functions as func


@dataclass(frozen=True, slots=True)
class Door:
    """`path` begins with a slash; `is_open` says that the platform asks for no key."""

    function: str
    method: str
    path: str
    is_open: bool

    @property
    def names(self) -> tuple[str, ...]:
        """Of the parameters in its path."""
        return tuple(re.findall(r"\{(\w+)\}", self.path))

    @property
    def tag(self) -> str:
        """What it is about: the first word of its path that says so."""
        first, *rest = self.path.strip("/").split("/")
        return rest[0].partition(":")[0] if first == "api" and rest else first


def doors(blueprints: Iterable[func.Blueprint]) -> tuple[Door, ...]:
    """In the order of the blueprints. An app can be asked for its functions only once, so this makes one of its own."""
    shown = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
    for blueprint in blueprints:
        shown.register_functions(blueprint)
    return tuple(door for function in shown.get_functions() if function.is_http_function() for door in _doors(function))


def _doors(function: Any) -> Iterable[Door]:  # noqa: ANN401 - a type that the library does not export
    trigger = function.get_trigger()
    for method in trigger.methods:
        yield Door(
            function=function.get_function_name(),
            method=method.value.lower(),
            path=f"/{trigger.route}",
            is_open=trigger.auth_level is func.AuthLevel.ANONYMOUS,
        )
