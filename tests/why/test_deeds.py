"""What a person did has a person for its cause, and what follows from it leads there."""

import pytest

from shared.kernel.by_hand import Act
from shared.why import flaws
from tests.sagas.saga_world import ORDER
from tests.sagas.test_by_hand import ACTS, ME, desk, waiting_for
from tests.why.stored import Everything, seen_by_views, whys


@pytest.mark.parametrize("act", ACTS)
async def test_each_document_has_one_cause_when_a_person_acted(act: Act) -> None:
    world = await waiting_for("hold_stock")
    world.fortunes = []
    await desk(world).act(act, ORDER, ME)
    await world.to_the_end()
    await seen_by_views(world)

    graph = await whys(world).of(ORDER)

    assert graph
    assert list(flaws(graph, Everything(world).of_the_order())) == []
    nodes = {node.id: node for node in graph.nodes}
    (deed,) = [node for node in graph.nodes if node.kind == "deed"]
    assert (deed.what, deed.cause, deed.facts["why"]) == (act, f"operator:{ME.who}", ME.why)
    followed = {node.what for node in graph.nodes if node.cause == deed.id}
    assert followed == {"retry": set(), "skip": {"take_payment"}, "compensate": {"closing"}}[act]
    assert nodes[f"operator:{ME.who}"].cause is None
