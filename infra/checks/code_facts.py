"""What the app itself says that it needs, printed as JSON. Runs in a process of its own, because it loads the app.

`python -m infra.checks.code_facts`, in the directory of the app, with the settings that the app would have.
"""

import ast
import asyncio
import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, cast

_NOT_SHIPPED: Final = frozenset({"benchmarks", "infra", "local", "ops", "tests"})
# Which files of shared/cosmos ask which containers, where a query is written out.
_ASKS: Final = {
    "deeds.py": ("orders", "poison", "sagas"),
    "due.py": ("sagas",),
    "event_store.py": ("orders",),
    "poison.py": ("poison",),
}
# Which file makes the items of a container; there the key's property stands right after the id.
_WRITES: Final = {
    "daily-sales": "shared/pipeline/buckets.py",
    "orders": "shared/pipeline/codec.py",
    "payments": "gateways/book.py",
    "poison": "shared/pipeline/lanes.py",
    "product-sales": "shared/pipeline/buckets.py",
    "sagas": "shared/pipeline/saga_item.py",
    "shipments": "gateways/book.py",
    "stock": "gateways/stock.py",
}
_PROPERTY: Final = re.compile(r"\bc\.(\w+)")
_PERCENT: Final = re.compile(r"%(\w+)%")


class Watched(dict[str, str]):
    """An environment that remembers what the app's own files asked of it."""

    def __init__(self, values: dict[str, str], root: Path) -> None:
        super().__init__(values)
        self.asked: set[str] = set()
        self._root = str(root)

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - dict's own signature
        self._note(name)
        return super().get(name, default)

    def __getitem__(self, name: str) -> str:
        self._note(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self._note(str(name))
        return super().__contains__(name)

    def _note(self, name: str) -> None:
        asker = sys._getframe(2).f_code.co_filename  # noqa: SLF001 - the only way to know who asks
        if asker.startswith(self._root) and "site-packages" not in asker:
            self.asked.add(name)


@dataclass(frozen=True, slots=True)
class Asking:
    """An account that is asked for containers and has them all."""

    asked: set[tuple[str, str]] = field(default_factory=set)

    async def missing(self, database: str, *names: str) -> list[str]:
        self.asked.update((database, name) for name in names)
        return []


def facts(root: Path) -> dict[str, Any]:
    os.environ = cast("Any", Watched(dict(os.environ), root))  # noqa: B003 - watched from here on, not emptied
    from function_app import app  # noqa: PLC0415 - only now is its environment watched
    from projections import PROJECTIONS  # noqa: PLC0415 - as above

    functions = [_function(each) for each in app.get_functions()]
    asyncio.run(_ready(asking := Asking()))
    return {
        "functions": sorted(functions, key=lambda each: str(each["name"])),
        "settings": sorted(cast("Any", os.environ).asked | set(_PERCENT.findall(json.dumps(functions, default=str)))),
        "containers": sorted(asking.asked),
        "keys": {view.container: f"/{view.partitioned_by}" for view in PROJECTIONS} | dict(_written_keys(root)),
        "queries": [*_written_queries(root), *_page_queries()],
        "texts": sorted(set(_texts(root))),
    }


async def _ready(asking: Asking) -> None:
    from shared.runtime import compose  # noqa: PLC0415 - only now is its environment watched
    from shared.settings import Settings  # noqa: PLC0415 - as above

    composed = compose(Settings.read(os.environ))
    await replace(composed, account=cast("Any", asking)).missing()
    await composed.close()


def _function(function: Any) -> dict[str, object]:  # noqa: ANN401 - azure.functions types its builders as Any
    bindings = [binding.get_dict_repr() for binding in function.get_bindings()]
    return {"name": function.get_function_name(), "bindings": bindings}


def _written_queries(root: Path) -> Iterator[dict[str, object]]:
    """Queries that stand in the code as they are sent, by the file that sends them to one container."""
    for name, containers in _ASKS.items():
        for node in _constants(root / "shared" / "cosmos" / name):
            if " FROM c WHERE " in node:
                _, _, condition = node.partition(" FROM c WHERE ")
                paths = sorted(set(_PROPERTY.findall(condition)))
                for container in containers:
                    yield {"container": container, "paths": paths, "order": []}


def _written_keys(root: Path) -> Iterator[tuple[str, str]]:
    for container, file in _WRITES.items():
        for node in ast.walk(ast.parse((root / file).read_text(encoding="utf-8"))):
            names = (
                [key.value for key in node.keys if isinstance(key, ast.Constant)] if isinstance(node, ast.Dict) else []
            )
            if names[:1] == ["id"] and "schemaVersion" in names:
                yield container, f"/{names[1]!s}"


def _page_queries() -> Iterator[dict[str, object]]:
    """Pages of views: ordered by what they are filtered by, and then by their place."""
    from api.filters import STATUSES, Filters  # noqa: PLC0415 - only now is its environment watched
    from api.paging import BY  # noqa: PLC0415 - as above
    from projections.customer_orders import customer_orders  # noqa: PLC0415 - as above
    from projections.order_board import order_board  # noqa: PLC0415 - as above

    yield {"container": customer_orders.container, "paths": ["totalMinor"], "order": []}
    yield {"container": customer_orders.container, "paths": list(BY), "order": list(BY)}
    for filters in (Filters(), Filters(status=STATUSES[0])):
        order = [*filters.only, *BY]
        yield {"container": order_board.container, "paths": order, "order": order}


def _constants(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _texts(root: Path) -> Iterator[str]:
    """Every string in the code that is shipped."""
    for file in sorted(root.glob("**/*.py")):
        parts = file.relative_to(root).parts
        if parts[0].startswith(".") or parts[0] in _NOT_SHIPPED:
            continue
        yield from (text for text in _constants(file) if re.fullmatch(r"[\w-]{1,60}", text))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(facts(Path.cwd()), default=str) + "\n")
