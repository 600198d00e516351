"""The only room that knows Azure Cosmos DB's SDK."""

from shared.cosmos.account import Account
from shared.cosmos.event_store import CosmosEventStore
from shared.cosmos.feed import CosmosFeedLags
from shared.cosmos.pages import CosmosPages
from shared.cosmos.poison import CosmosLaneCatalogue
from shared.cosmos.rows import CosmosRows

__all__ = ["Account", "CosmosEventStore", "CosmosFeedLags", "CosmosLaneCatalogue", "CosmosPages", "CosmosRows"]
