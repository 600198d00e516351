"""The built-in roles that may be given, and on what. Source: learn.microsoft.com/azure/role-based-access-control."""

from typing import Final

BLOB_OWNER: Final = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"
QUEUE_CONTRIBUTOR: Final = "974c5e8b-45b9-4653-ba55-5f855dd0fb88"
TABLE_CONTRIBUTOR: Final = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"
SECRETS_USER: Final = "4633458b-17de-408a-b874-0445c86b69e6"
METRICS_PUBLISHER: Final = "3913510d-42f4-4e42-8a64-420c390055eb"
HUB_SENDER: Final = "2b629674-e913-4c01-ae53-ef4638d8f975"
HUB_RECEIVER: Final = "a638d3c7-ab3a-418d-83e6-5f17a39d4fde"

# On each type of resource, exactly these; a hub is sent to or received from, never both.
ON: Final = {
    "Microsoft.Storage/storageAccounts": frozenset({BLOB_OWNER, QUEUE_CONTRIBUTOR, TABLE_CONTRIBUTOR}),
    "Microsoft.KeyVault/vaults": frozenset({SECRETS_USER}),
    "Microsoft.Insights/components": frozenset({METRICS_PUBLISHER}),
}
# The app publishes to these and only receives from all others.
SENT_TO: Final = frozenset({"order-events"})

# Cosmos DB's own, for data alone.
DATA_READER: Final = "00000000-0000-0000-0000-000000000001"
DATA_ACTIONS: Final = frozenset(
    {
        "Microsoft.DocumentDB/databaseAccounts/readMetadata",
        "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/executeQuery",
        "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/readChangeFeed",
        "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/*",
    }
)
