"""Why an order says no. Each code is part of the HTTP contract."""

from shared.kernel import Refused


class UnknownOrder(Refused):
    """Never placed, or deleted."""

    code = "order_not_found"


class TransitionForbidden(Refused):
    code = "transition_forbidden"


class OrderNotPending(Refused):
    code = "order_not_pending"


class ShipmentUnderWay(Refused):
    """The carrier was asked for a parcel; until it answers the order can neither be stopped nor shipped by hand."""

    code = "shipment_under_way"


class KeyReused(Refused):
    """The Idempotency-Key already stands for another request."""

    code = "idempotency_key_reused"
