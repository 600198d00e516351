"""The diagram on the page is the one that the definition gives."""

import pytest

from orders.events import OrderPlaced
from sagas import SAGAS
from sagas.fulfilment import fulfilment
from shared.kernel.saga_diagram import diagram
from tests.docs.blocks import blocks
from tests.programs import ROOT
from tests.sagas.saga_world import ORDER, SagaWorld


def test_the_page_shows_the_definition() -> None:
    (block,) = (block for block in blocks(ROOT / "docs/fulfilment.md") if block.language == "mermaid")

    assert block.text == diagram(SAGAS[-1])


def test_every_step_is_left_in_every_way_that_it_can_be() -> None:
    lines = {line.strip() for line in diagram(fulfilment).splitlines()}

    assert f"[*] --> hold_stock : {OrderPlaced.__name__}" in lines
    for step in fulfilment.steps:
        assert any(line.startswith(f"{step.name} --> ") and line.endswith(step.done_on.__name__) for line in lines)
        assert f"{step.name} --> closing : {step.failed_on.__name__}" in lines
        assert f"{step.name} --> settling : the stream stands no more" in lines
        assert any(line.startswith(f"{step.name} --> ") and " : after " in line for line in lines)
        assert any(line.startswith(step.name) and "skipped" in line for line in lines) == step.may_be_skipped


@pytest.mark.parametrize(("token", "phase"), [("tok_ok", "settling"), ("tok_timeout_charged", "take_payment")])
async def test_an_orders_way_says_where_it_is_how_often_it_asked_and_since_when(token: str, phase: str) -> None:
    world = SagaWorld(token=token)
    await world.begin()
    await world.touch()
    instance = await world.worker().find(ORDER)
    assert instance

    drawn = diagram(fulfilment, instance.progress, instance.asked)

    assert drawn.startswith(diagram(fulfilment))
    assert f"class {phase} now" in drawn
    assert drawn.count("note right of") == drawn.count("end note") == len(instance.progress.entered)
    assert "hold_stock, 1 attempt" in drawn
    assert ("Transient, next 2026" in drawn) == (phase == "take_payment")
