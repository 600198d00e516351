"""The engine with one rule left out: its own source, one piece replaced, loaded beside the real one."""

import builtins
import importlib
import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final

# Those that make up the protocol, in the order in which they import each other.
PROTOCOL: Final = tuple(f"shared.pipeline.{name}" for name in ("fold", "row", "lanes", "release", "project"))


@dataclass(frozen=True, slots=True)
class Edit:
    """`module` by its short name. `old` stands in its source exactly once."""

    module: str
    old: str
    new: str

    def applied(self, source: str) -> str:
        if source.count(self.old) != 1:
            raise LookupError(f"{self.module} has {source.count(self.old)} places that read {self.old!r}; name one")
        return source.replace(self.old, self.new)


@dataclass(frozen=True, slots=True)
class Code:
    """The protocol's modules, by their short names."""

    modules: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - modules have what they have
        return self.modules[name]


def load(edits: Sequence[Edit] = ()) -> Code:
    """Fresh modules that know only each other where the real ones know the real ones."""
    fresh: dict[str, ModuleType] = {}

    def importer(name: str, *how: Any) -> ModuleType:  # noqa: ANN401 - what __import__ takes
        return fresh[name] if name in fresh else builtins.__import__(name, *how)

    for name in PROTOCOL:
        source = _source(name)
        for edit in edits:
            if name.endswith(f".{edit.module}"):
                source = edit.applied(source)
        module = ModuleType(f"mutant.{name}")
        vars(module)["__builtins__"] = {**vars(builtins), "__import__": importer}
        exec(compile(source, name, "exec"), vars(module))  # noqa: S102 - our own source, and only in this process
        fresh[name] = module
    return Code({name.rpartition(".")[2]: module for name, module in fresh.items()})


def _source(name: str) -> str:
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    with open(spec.origin, encoding="utf-8") as file:  # noqa: PTH123 - a path that the import system gave
        return file.read()


REAL: Final = Code({name.rpartition(".")[2]: importlib.import_module(name) for name in PROTOCOL})
