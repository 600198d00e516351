"""Cosmos DB triggers: the change feed processor of the .NET SDK, with its lease documents, in Python.

Source of the behaviour: azure-cosmos-dotnet-v3, Microsoft.Azure.Cosmos/src/ChangeFeedProcessor.
"""
