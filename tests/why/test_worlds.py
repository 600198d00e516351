"""Whatever happens to an order: each of its documents has exactly one cause, and all lead to somebody outside."""

import pytest
from hypothesis import given, settings

from orders.commands import OrderCommand
from shared.why import FROM_OUTSIDE, explain, flaws
from tests.fakes import Fate
from tests.sagas.saga_world import ORDER, Fortune, SagaWorld
from tests.sagas.test_worlds import deaths, fortunes, happen, happenings, levels, tokens
from tests.why.stored import Everything, seen_by_views, whys


@settings(max_examples=60, deadline=None)
@given(fortunes, happenings, levels, tokens, deaths)
async def test_each_document_of_an_order_has_exactly_one_cause(
    fortunes: list[Fortune],
    happenings: list[str | OrderCommand],
    levels: dict[str, int],
    token: str,
    death: tuple[int, bool] | None,
) -> None:
    world = SagaWorld(token=token, levels=levels, fortunes=list(fortunes))
    await world.begin()
    if death:
        world.fate.die_at, world.fate.after_effect, world.fate.step = death[0], death[1], 0
    for happening in happenings:
        await happen(world, happening)
    midway = await whys(world).of(ORDER)
    assert midway
    assert list(flaws(midway, Everything(world).of_the_order())) == []

    await world.to_the_end()
    await seen_by_views(world)

    graph = await whys(world).of(ORDER)
    assert graph
    documents = Everything(world).of_the_order()
    assert list(flaws(graph, documents)) == []
    assert {each.kind for each in graph.nodes if each.cause is None} <= FROM_OUTSIDE - {"unknown"}
    # Seen again, and read in another order, it is the same graph.
    await seen_by_views(world)
    assert explain(ORDER, reversed(documents)).nodes == explain(ORDER, Everything(world).of_the_order()).nodes


@pytest.mark.parametrize("after_effect", [False, True])
async def test_a_death_anywhere_leaves_no_document_without_its_cause(*, after_effect: bool) -> None:
    world = SagaWorld()
    await world.begin()
    world.fate.step = 0
    await world.touch()
    for at in range(1, world.fate.step + 1):
        world = SagaWorld()
        await world.begin()
        world.fate = Fate(die_at=at, after_effect=after_effect)
        world.events.fate = world.rows.fate = world.fate

        await world.touch()
        graph = await whys(world).of(ORDER)

        assert graph
        assert list(flaws(graph, Everything(world).of_the_order())) == [], at
