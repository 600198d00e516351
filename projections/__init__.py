"""The views this app keeps. Add one: write its file, name it here, give it a container in infra/containers.json."""

from typing import Any

from projections.customer_orders import customer_orders
from projections.daily_sales import daily_sales
from projections.order_board import order_board
from projections.product_sales import product_sales
from shared.kernel import Projection, Tally

PROJECTIONS: tuple[Projection[Any, Any], ...] = (customer_orders, order_board)

# Changed versions of those above, each with a `version` of its own: `python -m ops rebuild` grows and promotes them.
NEXT: tuple[Projection[Any, Any], ...] = ()

# Sums over many orders.
TALLIES: tuple[Tally[Any, Any], ...] = (daily_sales, product_sales)
