"""What import-linter cannot see: single modules, sub-packages of azure, waiting, and calls to the clock."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PURE = ("orders", "projections", "sagas", "shared/capacity", "shared/kernel", "shared/lag")
SHIPPED = ("api", "gateways", "shared", *PURE)
MAY_IMPORT = {
    "azure.functions": ("function_app.py", "api/"),
    "azure.cosmos": ("shared/cosmos/",),
    "azure.identity": ("shared/identity.py",),
    "azure.core": ("shared/cosmos/", "shared/eventhubs/"),
    "azure.monitor": ("shared/telemetry/",),
    "opentelemetry": ("shared/telemetry/",),
    "azure.eventhub": ("shared/eventhubs/",),
    "jwt": ("api/access/keys.py", "api/access/tokens.py"),
    "aiohttp": ("api/access/issuer.py", "shared/cosmos/", "shared/eventhubs/"),
    "aiolimiter": ("api/access/allowance.py",),
    "cloudevents": ("shared/pipeline/cloud_events.py",),
    "pydantic": (
        "shared/pipeline/codec.py",
        "shared/pipeline/schemas.py",
        "shared/pipeline/spelling.py",
        "api/",
        "gateways/scans.py",
    ),
}
IMPURE_CALLS = {"now", "utcnow", "today", "uuid4", "random", "open", "print", "getenv", "sleep"}


def sources(*rooms: str) -> Iterator[tuple[str, ast.Module]]:
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text())


def names(value: object) -> str:
    return value if isinstance(value, str) else ""


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=modules):
                yield from (module.name for module in modules)
            case ast.ImportFrom(module=str(module)):
                yield module
            case _:
                continue


@pytest.mark.parametrize(("name", "tree"), list(sources(*PURE)), ids=names)
def test_the_core_neither_waits_nor_asks_the_world(name: str, tree: ast.Module) -> None:
    for node in ast.walk(tree):
        assert not isinstance(node, ast.AsyncFunctionDef | ast.Await), f"{name} waits"
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            assert called not in IMPURE_CALLS, f"{name}:{node.lineno} calls {called}()"


@pytest.mark.parametrize(("name", "tree"), list(sources(*SHIPPED)), ids=names)
def test_each_outside_library_has_one_room(name: str, tree: ast.Module) -> None:
    for module in imports(tree):
        for library, rooms in MAY_IMPORT.items():
            if module == library or module.startswith(f"{library}."):
                assert name.startswith(rooms), f"{name} imports {module}, which belongs to {rooms}"


@pytest.mark.parametrize(("name", "tree"), list(sources(*SHIPPED, "local")), ids=names)
def test_no_file_is_over_300_lines(name: str, tree: ast.Module) -> None:
    last = max((node.end_lineno or 0 for node in ast.walk(tree) if isinstance(node, ast.stmt)), default=0)

    assert last <= 300, f"{name} has {last} lines; which noun wants to leave?"
