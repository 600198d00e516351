"""The views this app keeps. Add one: write its file, name it here, give it a container in infra/containers.json."""

from typing import Any

from projections.customer_orders import customer_orders
from projections.daily_sales import daily_sales
from projections.order_board import order_board
from projections.product_sales import product_sales
from shared.kernel import Projection, Tally

PROJECTIONS: tuple[Projection[Any, Any], ...] = (customer_orders, order_board)

# Sums over many orders.
TALLIES: tuple[Tally[Any, Any], ...] = (daily_sales, product_sales)
