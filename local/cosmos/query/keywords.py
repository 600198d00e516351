"""The reserved words, whatever their case, and the terminal of the grammar each one is."""

import re

# An underscore keeps the word out of the tree, where nothing asks for it.
TERMINALS = {
    name.lstrip("_"): name
    for name in (
        *("AND", "ARRAY", "ASC", "DESC", "DISTINCT", "EXISTS", "LEFT", "NOT", "OR", "RIGHT"),
        *("_AS", "_BETWEEN", "_BY", "_ESCAPE", "_FALSE", "_FROM", "_GROUP", "_IN", "_JOIN", "_LIKE", "_LIMIT"),
        *("_NULL", "_OFFSET", "_ORDER", "_SELECT", "_TOP", "_TRUE", "_UDF", "_UNDEFINED", "_VALUE", "_WHERE"),
    )
}

_IDENTIFIER = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def is_identifier(text: str) -> bool:
    """True for what may follow a dot."""
    return _IDENTIFIER.fullmatch(text) is not None and text.upper() not in TERMINALS
