"""The app on one machine: stand-ins for Cosmos DB and Event Hubs and the functions host, each in its own process."""
