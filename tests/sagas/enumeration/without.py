"""How a rule is left out: the definition with a piece replaced, a decision instead of another, a transition instead."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from gateways import acts, holds
from gateways.acts import ActState, ActVerb
from gateways.holds import HoldState, HoldVerb, Move
from orders.commands import OrderCommand
from orders.decider import order as real
from orders.events import OrderEvent
from orders.order import Order, evolve
from sagas.fulfilment import fulfilment
from shared.kernel import Refused, Saga, Step
from tests.sagas.enumeration.rulebook import Provider, Rules, Stockroom

type Events = tuple[OrderEvent, ...]


def deciding(instead: Callable[[Order, OrderCommand], Events | None]) -> Rules:
    """Where `instead` has nothing to say, the real one decides. It may raise Refused."""

    def decide(order: Order | None, command: OrderCommand) -> Events:
        news = instead(order, command) if order else None
        return real.decide(order, command) if news is None else news

    return Rules(decide=decide)


def filtering(left: Callable[[Order, OrderCommand, Events], Events]) -> Rules:
    """What the real one decided, less or more."""

    def decide(order: Order | None, command: OrderCommand) -> Events:
        news = real.decide(order, command)
        return left(order, command, news) if order else news

    return Rules(decide=decide)


def calling_anyway(kind: type[OrderCommand]) -> Rules:
    """A refused intent is taken for one that was there already."""

    def decide(order: Order | None, command: OrderCommand) -> Events:
        try:
            return real.decide(order, command)
        except Refused:
            if isinstance(command, kind):
                return ()
            raise

    return Rules(decide=decide)


def evolving(kind: type[OrderEvent], **instead: Any) -> Rules:  # noqa: ANN401 - fields of an order
    """After such an event these fields stay, or become, what `instead` says; None leaves them as they were."""

    def changed(order: Order | None, event: OrderEvent) -> Order | None:
        after = evolve(order, event)
        if not isinstance(event, kind) or after is None or order is None:
            return after
        values = {name: getattr(order, name) if value is None else value for name, value in instead.items()}
        return replace(after, **values)

    return Rules(saga=replace(fulfilment, evolve=changed))


def stepping(name: str, **changes: Any) -> Rules:  # noqa: ANN401 - fields of a step
    """The definition with one step changed."""
    steps = tuple(replace(step, **changes) if step.name == name else step for step in fulfilment.steps)
    return Rules(saga=replace(fulfilment, steps=steps))


def step(name: str) -> Step[Order]:
    return next(each for each in fulfilment.steps if each.name == name)


def running(machine: type[Saga[Any, Any]], **changes: Any) -> Rules:  # noqa: ANN401 - fields of a saga
    """The definition run by another machine."""
    values = {each.name: getattr(fulfilment, each.name) for each in fields(fulfilment)}
    return Rules(saga=machine(**(values | changes)))


def acting(table: dict[tuple[ActState | None, ActVerb], ActState]) -> Provider:
    """A provider with these cells instead."""

    def transition(state: ActState | None, verb: ActVerb, *, accepts: bool = True) -> ActState:
        return table.get((state, verb)) or acts.transition(state, verb, accepts=accepts)

    return Provider(transition)


def forgetting(state: ActState) -> Provider:
    """A provider that answers with this state and does not write it down."""
    return Provider(forgets=frozenset({state}))


def holding(table: dict[tuple[HoldState | None, HoldVerb], Move], *, grants: Any = holds.is_granted) -> Rules:  # noqa: ANN401 - a predicate
    """The stock with these cells instead."""

    def transition(state: HoldState | None, verb: HoldVerb, available: int | None, quantity: int) -> Move:
        return table.get((state, verb)) or holds.transition(state, verb, available, quantity)

    return Rules(stock=Stockroom(transition, grants))


def storing(state: HoldState) -> Rules:
    """The stock answers with this state and does not write it down."""
    return Rules(stock=Stockroom(forgets=frozenset({state})))
