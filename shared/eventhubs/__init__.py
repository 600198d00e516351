"""Event Hubs behind a port: one producer per worker, and for each partition of the hub one batch on its way."""

from shared.eventhubs.client import Client
from shared.eventhubs.sender import Sender

__all__ = ["Client", "Sender"]
