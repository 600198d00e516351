"""What people did about an order: each deed with whoever did it, and what is still under way."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from shared.why.documents import Document, Item
from shared.why.graph import Draft, Node

# A claim is a deed that is not done yet.
KINDS: Final = frozenset({"Deed", "LaneClaim"})


def of_deeds(deeds: Sequence[Document]) -> Iterator[Draft]:
    for each in deeds:
        who = each.text("who")
        # Whoever died in between has left the claim beside its deed.
        name = f"deed:{each.id.removeprefix('deed-')}" if each.kind == "Deed" else f"claim:{each.text('deed')}"
        at = each.text("deedAt") or each.text("at") or None
        person = f"operator:{who}"
        yield Draft(Node(person, "operator", who))
        what = each.text("action") if each.kind == "Deed" else f"{each.text('action')}, under way"
        yield Draft(Node(name, "deed", what, at, facts=_facts(each), document=each), (person,))


def _facts(deed: Document) -> Mapping[str, object]:
    """Of a lane its consumer and how long it had been parked: where it stands may be the customer."""
    before, after = _part(deed, "before"), _part(deed, "after")
    told = {"reason": before.get("reason"), "parkedSince": before.get("since"), "outcome": after.get("outcome")}
    subject = deed.text("lane").partition(":")[0] or deed.text("subject")
    return {"why": deed.text("why"), "subject": subject} | {name: each for name, each in told.items() if each}


def _part(deed: Document, name: str) -> Item:
    part = deed.item.get(name)
    return part if isinstance(part, Mapping) else {}
