"""The views this app keeps. Add one: write its file, name it here, give it a container in infra/containers.json."""

from typing import Any

from projections.customer_orders import customer_orders
from shared.kernel import Projection

PROJECTIONS: tuple[Projection[Any, Any], ...] = (customer_orders,)
