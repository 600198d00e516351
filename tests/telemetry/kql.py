"""The few words of KQL that the alerts are written in, over figures that were just recorded."""

import re
from collections.abc import Mapping, Sequence

from tests.telemetry.hearing import Heard

OPERATORS = {"GreaterThan": float.__gt__, "LessThan": float.__lt__}
_NAME = re.compile(r"name == '([^']+)'")
_ATTRIBUTE = re.compile(r"customDimensions\.(\w+)")
_SHARE = re.compile(r"sumif\(valueSum, customDimensions\.(\w+) == '(\w+)'\)")


def names(query: str) -> set[str]:
    return set(_NAME.findall(query))


def attributes(query: str) -> set[str]:
    return set(_ATTRIBUTE.findall(query))


def values(query: str, heard: Heard) -> Sequence[float]:
    """The column `value` of every row, all figures being of one window. Fails for a query of another form."""
    (name,) = names(query)
    points = heard.points(name)
    if "value = count()" in query:
        return [float(len(points))]
    if "value = max(valueMax)" in query:
        return [value for _, value in points]
    found = _SHARE.search(query)
    assert found, query
    assert "100.0 * throttled / total" in query
    total = sum(value for _, value in points)
    part = sum(value for told, value in points if told[found[1]] == found[2])
    return [100.0 * part / total] if total else []


def fires(alert: Mapping[str, object], query: str, heard: Heard) -> bool:
    """Whether one window like this is over the alert's threshold; how many in a row it takes is Azure's to count."""
    over = OPERATORS[str(alert["operator"])]
    return any(over(value, float(str(alert["threshold"]))) for value in values(query, heard))
