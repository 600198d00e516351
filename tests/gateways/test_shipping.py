"""The carrier of the sandbox, and the one place where every effect finds its provider."""

import pytest

from gateways import Books, Gateways, SandboxCarrier, Warehouse
from gateways.shipping import tracking_id
from orders.effects import (
    BookShipment,
    CapturePayment,
    ClosePayment,
    CloseShipment,
    ConsumeStock,
    HoldStock,
    OrderEffect,
    ReleaseStock,
    UndoPayment,
)
from orders.events import (
    Answer,
    OrderShipped,
    PaymentCaptured,
    PaymentRefunded,
    ShippingRefused,
    StockHeld,
    StockReleased,
)
from shared.kernel import Transient
from tests.fakes import FakeBuckets
from tests.gateways.cells import PRICE, line, payments_with
from tests.gateways.stores import FakePartitions

SHIPPED = OrderShipped(by_hand=False, tracking_id=tracking_id("o1"))


@pytest.fixture
def fake() -> FakeBuckets:
    return FakeBuckets()


@pytest.fixture
def books(fake: FakeBuckets) -> Books:
    return Books(fake, FakePartitions(fake))


async def test_a_parcel_keeps_its_tracking_id(fake: FakeBuckets, books: Books) -> None:
    carrier = SandboxCarrier(fake)

    assert await carrier.book("o1", [line("tea")]) == SHIPPED
    assert await carrier.book("o1", [line("tea")]) == SHIPPED
    assert await carrier.close("o1") == SHIPPED
    assert await books.parcel("o1") == SHIPPED.tracking_id != tracking_id("o2")


async def test_what_the_carrier_does_not_take_makes_no_parcel(fake: FakeBuckets, books: Books) -> None:
    said = await SandboxCarrier(fake).book("o1", [line("tea"), line("unshippable-piano")])

    assert isinstance(said, ShippingRefused)
    assert await SandboxCarrier(fake).close("o1") == said
    assert await books.parcel("o1") is None


async def test_a_lost_label_is_a_parcel_that_only_closing_finds(fake: FakeBuckets, books: Books) -> None:
    for _ in range(2):
        with pytest.raises(Transient):
            await SandboxCarrier(fake).book("o1", [line("lostlabel-tea")])

    assert await books.parcel("o1") == SHIPPED.tracking_id
    assert await SandboxCarrier(fake).close("o1") == SHIPPED


async def test_a_booking_that_comes_after_its_closing_makes_no_parcel(fake: FakeBuckets, books: Books) -> None:
    closed = await SandboxCarrier(fake).close("o1")

    assert await SandboxCarrier(fake).book("o1", [line("tea")]) == closed == await SandboxCarrier(fake).close("o1")
    assert isinstance(closed, ShippingRefused)
    assert await books.parcel("o1") is None


LINES = (line("tea", 2),)
STEPS: tuple[tuple[OrderEffect, Answer | None], ...] = (
    (HoldStock("o1", LINES), StockHeld()),
    (CapturePayment("o1", PRICE), PaymentCaptured(PRICE)),
    (ClosePayment("o1"), PaymentCaptured(PRICE)),
    (BookShipment("o1", LINES), SHIPPED),
    (CloseShipment("o1"), SHIPPED),
    (ConsumeStock("o1", LINES), None),
    (ReleaseStock("o1", LINES), StockReleased()),
    (UndoPayment("o1"), PaymentRefunded(PRICE)),
)


async def test_every_effect_finds_its_provider(fake: FakeBuckets) -> None:
    gateways = Gateways(Warehouse(fake), payments_with(fake), SandboxCarrier(fake))

    said = [await gateways.perform(effect) for effect, _ in STEPS]

    assert said == [answer for _, answer in STEPS]
    assert {type(effect) for effect, _ in STEPS} == _members(OrderEffect.__value__)


def _members(union: object) -> set[object]:
    """The classes of a union, however deep they are named."""
    inner = getattr(union, "__args__", None) or getattr(getattr(union, "__value__", None), "__args__", None)
    return {union} if inner is None else set().union(*map(_members, inner))
