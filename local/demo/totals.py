"""The totals as they must be, worked out from the stored events without a line of the app's own code."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from local.demo.rows import Json

NO_LONGER_COUNTED = {"OrderCancelled", "ShipmentLost", "OrderReturned", "OrderDeleted"}


def expected_totals(by_order: Mapping[str, Sequence[Json]]) -> Counter[str]:
    """Cents by day, and by product and month."""
    totals: Counter[str] = Counter()
    for events in by_order.values():
        if any(event["type"] in NO_LONGER_COUNTED for event in events):
            continue
        placed = events[0]
        for line in placed["data"]["lines"]:
            cents = line["quantity"] * line["unitPrice"]["minor"]
            totals[placed["at"][:10]] += cents
            totals[f"{line['productId']}:{placed['at'][:7]}"] += cents
    return totals


def stored_totals(items: Iterable[Json]) -> Counter[str]:
    """The same from the stored totals: a bucket is spread over shards, whose number ends its partition's name."""
    totals: Counter[str] = Counter()
    for item in items:
        if item.get("id") == "total":
            totals[item["bucket"].rpartition(":")[0]] += item["amounts"]["totalMinor"]
    return totals


def difference_minor(expected: Counter[str], found: Counter[str]) -> int:
    """How many cents all totals together are off, whichever way each of them is."""
    return sum(abs(expected[name] - found[name]) for name in {*expected, *found})
