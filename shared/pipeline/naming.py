"""How values are spelt in the store: camelCase names, one form of times, and money in rows as the API shows it."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from shared.kernel.values import to_text

MINOR = "Minor"
_AS_IT_IS = frozenset({str, int})
_MONEY = frozenset({"minor", "currency"})


@lru_cache(maxsize=1024)
def camel(name: str) -> str:
    """unit_price → unitPrice."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def flatten_money(row: Mapping[str, object]) -> dict[str, object]:
    """Write each amount as a number for people beside its exact minor units; the currency stands once, at the top.

    Times become text. Raises ValueError for a row in several currencies.
    """
    currencies: set[str] = set()
    flat = _flat(row, currencies)
    if len(currencies) > 1:
        raise ValueError(f"a row in several currencies: {sorted(currencies)}")
    return flat | ({"currency": currencies.pop()} if currencies else {})


def _flat(row: Mapping[str, object], currencies: set[str]) -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in row.items():
        # Most of a row are texts and numbers, and every row comes by here.
        if type(value) in _AS_IT_IS:
            flat[name] = value
        elif isinstance(value, dict) and value.keys() == _MONEY:
            flat[name], flat[name + MINOR] = value["minor"] / 100, value["minor"]
            currencies.add(value["currency"])
        else:
            flat[name] = _plain(value, currencies)
    return flat


def _plain(value: object, currencies: set[str]) -> object:
    if isinstance(value, dict):
        return _flat(value, currencies)
    if isinstance(value, list | tuple):
        return [_plain(inner, currencies) for inner in value]
    return to_text(value) if isinstance(value, datetime) else value


def restore_money(row: Mapping[str, object]) -> dict[str, object]:
    """The inverse of `flatten_money`: only the minor units are read, never the float."""
    return _restored(row, row.get("currency"))


def _restored(row: Mapping[str, object], currency: object) -> dict[str, object]:
    restored: dict[str, object] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            restored[name] = _restored(value, currency)
        elif isinstance(value, list):
            restored[name] = [_restored(inner, currency) if isinstance(inner, dict) else inner for inner in value]
        else:
            restored[name] = value
    for name in [name for name in restored if name.endswith(MINOR)]:
        restored[name.removesuffix(MINOR)] = {"minor": restored.pop(name), "currency": currency}
    restored.pop("currency", None)
    return restored
