"""The order that the document speaks of throughout. Whoever sends the examples in turn gets these answers."""

from typing import Final

# Placed with these keys, by a caller without a name, orders have these ids.
KEY: Final = "my-first-order"
ORDER_ID: Final = "ord_e6332d7c05adc09ec5e8668187efd8b2"
KEY_TO_CANCEL: Final = "my-second-order"
TO_CANCEL: Final = "ord_f0f5b181c23a9cc17b9eb2ba399662c6"
KEY_TO_DELETE: Final = "my-third-order"
TO_DELETE: Final = "ord_ec3d7944eaf306fd2424e9128e028eeb"

LANE: Final = f"publish_orders:{len(ORDER_ID)}:{ORDER_ID}:{ORDER_ID}"
WHY: Final = "the event is mended"

CUSTOMER: Final = "ada"
PRODUCT: Final = "tea"
LINE: Final = {"productId": PRODUCT, "productName": "Green tea", "quantity": 2, "unitPrice": 3.5}
NEW_ORDER: Final = {
    "customerId": CUSTOMER,
    "items": [LINE],
    "shippingAddress": "12 St James's Square, London",
    "email": "ada@example.com",
    "paymentToken": "tok_ok",
}
ORDER: Final = {
    "orderId": ORDER_ID,
    "customerId": CUSTOMER,
    "status": "pending",
    "items": [LINE],
    "total": 7.0,
    "createdAt": "2026-01-31T09:30:00.000000Z",
}
SUMMARY: Final = {"customerId": CUSTOMER, "totalOrders": 1, "totalSpent": 7.0, "averageOrderValue": 7.0}
