"""What people did about an order: each deed with whoever did it, and what is still under way."""

from collections.abc import Iterator, Sequence
from typing import Final

from shared.why.documents import Document
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
        facts = {"why": each.text("why"), "subject": each.text("subject") or each.text("lane")}
        what = each.text("action") if each.kind == "Deed" else f"{each.text('action')}, under way"
        yield Draft(Node(name, "deed", what, at, facts=facts, document=each), (person,))
