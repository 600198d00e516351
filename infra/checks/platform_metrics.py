"""What Azure itself measures and logs, as far as an order platform asks for it.

Source: learn.microsoft.com/azure/azure-monitor/reference/metrics-index and …/logs-index.
"""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


METRICS: Final = {
    "Microsoft.DocumentDB/databaseAccounts": _words("""
        AutoscaleMaxThroughput DataUsage IndexUsage NormalizedRUConsumption ProvisionedThroughput
        ServerSideLatencyDirect ServerSideLatencyGateway ServiceAvailability TotalRequestUnits TotalRequests
    """),
    "Microsoft.EventHub/namespaces": _words("""
        ActiveConnections IncomingBytes IncomingMessages IncomingRequests OutgoingBytes OutgoingMessages
        QuotaExceededErrors ServerErrors SuccessfulRequests ThrottledRequests UserErrors
    """),
    "Microsoft.Web/serverfarms": _words("""
        BytesReceived BytesSent CpuPercentage DiskQueueLength HttpQueueLength MemoryPercentage TcpEstablished
    """),
    "Microsoft.Web/sites": _words("""
        AverageMemoryWorkingSet FunctionExecutionCount FunctionExecutionUnits HealthCheckStatus Http2xx Http4xx Http5xx
        HttpResponseTime InstanceCount MemoryWorkingSet Requests
    """),
}
# What both metric and log alerts can be set to.
TIMES: Final = _words("PT1M PT5M PT15M PT30M PT1H PT6H PT12H P1D")
DIMENSIONS: Final = _words("CollectionName DatabaseName EntityName Instance Region Status StatusCode")
CATEGORIES: Final = {
    "Microsoft.DocumentDB/databaseAccounts": _words("""
        ControlPlaneRequests DataPlaneRequests PartitionKeyRUConsumption PartitionKeyStatistics QueryRuntimeStatistics
        Requests
    """),
    "Microsoft.EventHub/namespaces": _words("AllMetrics ArchiveLogs OperationalLogs RuntimeAuditLogs"),
    "Microsoft.KeyVault/vaults": _words("AllMetrics AuditEvent"),
    "Microsoft.Storage/storageAccounts": _words("StorageDelete StorageRead StorageWrite Transaction"),
    "Microsoft.Web/sites": _words("AllMetrics FunctionAppLogs"),
}
