"""The outside world, replaceable one by one: each provider keeps a book of its own and answers from it."""

from gateways.books import Books, Shelf
from gateways.gateways import Carrier, Gateways, Payments, Stock
from gateways.payments import SandboxPayments
from gateways.shipping import SandboxCarrier
from gateways.stock import Level, Warehouse

__all__ = [
    "Books",
    "Carrier",
    "Gateways",
    "Level",
    "Payments",
    "SandboxCarrier",
    "SandboxPayments",
    "Shelf",
    "Stock",
    "Warehouse",
]
