"""The only room that knows Azure Cosmos DB's SDK."""

from shared.cosmos.account import Account
from shared.cosmos.buckets import CosmosBuckets
from shared.cosmos.bulk import many_written, rows_written
from shared.cosmos.deeds import CosmosDeeds
from shared.cosmos.due import CosmosDue
from shared.cosmos.event_store import CosmosEventStore
from shared.cosmos.feed import CosmosFeedLags
from shared.cosmos.feed_pages import CosmosFeedPages
from shared.cosmos.kept import CosmosKept
from shared.cosmos.pages import CosmosPages
from shared.cosmos.partitions import CosmosPartitions
from shared.cosmos.poison import CosmosLaneCatalogue
from shared.cosmos.rows import CosmosRows
from shared.cosmos.saga_counts import CosmosSagaCounts
from shared.cosmos.sweep import CosmosSweep

__all__ = [
    "Account",
    "CosmosBuckets",
    "CosmosDeeds",
    "CosmosDue",
    "CosmosEventStore",
    "CosmosFeedLags",
    "CosmosFeedPages",
    "CosmosKept",
    "CosmosLaneCatalogue",
    "CosmosPages",
    "CosmosPartitions",
    "CosmosRows",
    "CosmosSagaCounts",
    "CosmosSweep",
    "many_written",
    "rows_written",
]
