"""How values are spelt in the store: camelCase names, and money in rows as the API shows it."""

from collections.abc import Mapping

MINOR = "Minor"


def to_camel(value: object) -> object:
    """Rename every key of a JSON value: unit_price → unitPrice."""
    match value:
        case dict():
            return {camel(key): to_camel(inner) for key, inner in value.items()}
        case list() | tuple():
            return [to_camel(inner) for inner in value]
        case _:
            return value


def to_snake(value: object) -> object:
    """The inverse of `to_camel`."""
    match value:
        case dict():
            return {snake(key): to_snake(inner) for key, inner in value.items()}
        case list() | tuple():
            return [to_snake(inner) for inner in value]
        case _:
            return value


def flatten_money(row: Mapping[str, object]) -> dict[str, object]:
    """Write each amount as a number for people beside its exact minor units; the currency stands once, at the top."""
    currencies: set[str] = set()
    flat = _flat(row, currencies)
    if len(currencies) > 1:
        raise ValueError(f"a row in several currencies: {sorted(currencies)}")
    return flat | ({"currency": currencies.pop()} if currencies else {})


def _flat(row: Mapping[str, object], currencies: set[str]) -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in row.items():
        match value:
            case {"minor": int(minor), "currency": str(currency)}:
                flat |= {name: minor / 100, name + MINOR: minor}
                currencies.add(currency)
            case dict():
                flat[name] = _flat(value, currencies)
            case list():
                flat[name] = [_flat(inner, currencies) if isinstance(inner, dict) else inner for inner in value]
            case _:
                flat[name] = value
    return flat


def restore_money(row: Mapping[str, object]) -> dict[str, object]:
    """The inverse of `flatten_money`: only the minor units are read, never the float."""
    return _restored(row, row.get("currency"))


def _restored(row: Mapping[str, object], currency: object) -> dict[str, object]:
    restored: dict[str, object] = {}
    for name, value in row.items():
        if name.endswith(MINOR):
            restored[name.removesuffix(MINOR)] = {"minor": value, "currency": currency}
        elif name + MINOR in row or name == "currency":
            continue
        elif isinstance(value, dict):
            restored[name] = _restored(value, currency)
        elif isinstance(value, list):
            restored[name] = [_restored(inner, currency) if isinstance(inner, dict) else inner for inner in value]
        else:
            restored[name] = value
    return restored


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def snake(name: str) -> str:
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)
