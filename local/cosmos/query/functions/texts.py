"""Strings made from strings."""

from local.cosmos.query.functions.function import Function, of_string
from local.cosmos.query.values import UNDEFINED


def concat(*parts: object) -> object:
    """Undefined unless all are strings."""
    texts = [part for part in parts if isinstance(part, str)]
    return "".join(texts) if len(texts) == len(parts) else UNDEFINED


FUNCTIONS = (
    of_string("LENGTH", len),
    of_string("LOWER", str.lower),
    of_string("UPPER", str.upper),
    Function("CONCAT", 2, None, concat),
)
