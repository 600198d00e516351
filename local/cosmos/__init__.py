"""A server that speaks the REST protocol of Azure Cosmos DB for NoSQL well enough for the unpatched azure-cosmos SDK."""
