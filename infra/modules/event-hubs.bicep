// The namespace, and every hub and consumer group of eventhubs.json.
param name string
param location string
param tags object
param isPrivate bool
param isZoneRedundant bool

@description('0: one throughput unit and no more.')
@minValue(0)
@maxValue(40)
param maximumThroughputUnits int

param workspaceId string

var model = loadJsonContent('../eventhubs.json')
var groups = flatten(map(model.hubs, hub => map(hub.consumerGroups, group => { hub: hub.name, name: group })))
var hubNames = map(model.hubs, hub => hub.name)

resource namespace 'Microsoft.EventHub/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Standard', tier: 'Standard', capacity: 1 }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    isAutoInflateEnabled: maximumThroughputUnits > 0
    maximumThroughputUnits: maximumThroughputUnits
    zoneRedundant: isZoneRedundant
  }
}

resource hubs 'Microsoft.EventHub/namespaces/eventhubs@2024-01-01' = [for hub in model.hubs: {
  parent: namespace
  name: hub.name
  properties: {
    partitionCount: hub.partitionCount
    retentionDescription: { cleanupPolicy: 'Delete', retentionTimeInHours: hub.retentionTimeInHours }
  }
}]

resource consumerGroups 'Microsoft.EventHub/namespaces/eventhubs/consumergroups@2024-01-01' = [for group in groups: {
  parent: hubs[indexOf(hubNames, group.hub)]
  name: group.name
  properties: {}
}]

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: namespace
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'OperationalLogs', enabled: true }, { category: 'RuntimeAuditLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = namespace.id
output name string = namespace.name
output fullyQualifiedNamespace string = '${namespace.name}.servicebus.windows.net'
