"""A server that speaks the REST protocol of Azure Cosmos DB well enough for the unpatched azure-cosmos SDK."""
