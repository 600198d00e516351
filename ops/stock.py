"""The warehouse: say how much there is of a product, and see where its pieces are."""

import argparse

from ops.command import Rows
from shared.kernel import Misconfigured
from shared.runtime import App


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", choices=("set", "show"))
    parser.add_argument("product", nargs="+", help="set: PRODUCT=PIECES that no order holds; show: PRODUCT")


async def stock(app: App, options: argparse.Namespace) -> Rows:
    if options.act == "set":
        levels = [_level(text) for text in options.product]
        for product_id, pieces in levels:
            await app.warehouse.set_level(product_id, pieces)
        return [await _shelf(app, product_id) for product_id, _ in levels]
    return [await _shelf(app, product_id) for product_id in options.product]


async def _shelf(app: App, product_id: str) -> dict[str, object]:
    shelf = await app.books.shelf(product_id)
    return shelf.as_row() if shelf else {"product_id": product_id, "outcome": "not stock-managed"}


def _level(text: str) -> tuple[str, int]:
    product_id, _, pieces = text.rpartition("=")
    if not product_id or not pieces.isdecimal():
        raise Misconfigured(f"{text!r} is no level; write for example tea=20")
    return product_id, int(pieces)
