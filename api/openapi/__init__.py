"""The API as an OpenAPI document, made from its functions and types."""

from api.openapi.document import document
from api.openapi.doors import Door, doors

__all__ = ["Door", "document", "doors"]
