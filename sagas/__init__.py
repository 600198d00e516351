"""The processes this app runs. Add one: write its folder, name it here. A changed one stands beside the old version."""

from typing import Any

from sagas.fulfilment import fulfilment
from shared.kernel import Saga

SAGAS: tuple[Saga[Any, Any], ...] = (fulfilment,)
