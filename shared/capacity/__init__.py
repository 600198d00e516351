"""How much of Azure a number of orders needs. Pure; docs/scaling.md explains the formulas."""

from shared.capacity.cost import Sku
from shared.capacity.plan import Plan, Provision, plan
from shared.capacity.workload import Workload

__all__ = ["Plan", "Provision", "Sku", "Workload", "plan"]
