// The account, its databases, and every container of containers.json.
param name string
param location string
param secondaryLocation string
param tags object
param isPrivate bool

@description('true: the containers of a database share 1000 RU/s. Fixed for the life of a container.')
param isThroughputShared bool

param isZoneRedundant bool
param isLocked bool

@allowed(['Continuous7Days', 'Continuous30Days'])
param backupTier string

param workspaceId string

var model = loadJsonContent('../containers.json')
var databases = [model.database, model.leaseDatabase]
var regions = empty(secondaryLocation) ? [location] : [location, secondaryLocation]

resource account 'Microsoft.DocumentDB/databaseAccounts@2025-04-15' = {
  name: name
  location: location
  tags: tags
  kind: 'GlobalDocumentDB'
  properties: {
    databaseAccountOfferType: 'Standard'
    locations: [for (region, i) in regions: {
      locationName: region
      failoverPriority: i
      isZoneRedundant: isZoneRedundant
    }]
    enableAutomaticFailover: length(regions) > 1
    // Two regions that write would break the order within a stream.
    enableMultipleWriteLocations: false
    // The engine decides not to write from what it has read, so what it reads must be current. The doors ask for Session.
    consistencyPolicy: {
      defaultConsistencyLevel: 'BoundedStaleness'
      // The least that Azure takes for one region, and for more.
      maxStalenessPrefix: length(regions) > 1 ? 100000 : 10
      maxIntervalInSeconds: length(regions) > 1 ? 300 : 5
    }
    disableLocalAuth: true
    disableKeyBasedMetadataWriteAccess: true
    minimalTlsVersion: 'Tls12'
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAclBypass: 'None'
    backupPolicy: { type: 'Continuous', continuousModeProperties: { tier: backupTier } }
    enablePartitionMerge: false
    enableBurstCapacity: false
  }
}

resource sqlDatabases 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases@2025-04-15' = [for database in databases: {
  parent: account
  name: database
  properties: {
    resource: { id: database }
    options: isThroughputShared ? { autoscaleSettings: { maxThroughput: 1000 } } : {}
  }
}]

// One at a time: the account refuses a second change while one is under way.
@batchSize(1)
resource containers 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2025-04-15' = [for container in model.containers: {
  parent: sqlDatabases[indexOf(databases, container.database)]
  name: container.name
  properties: {
    resource: container.resource
    options: isThroughputShared ? {} : { autoscaleSettings: { maxThroughput: container.maxThroughput } }
  }
}]

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (isLocked) {
  name: 'orders'
  scope: account
  properties: { level: 'CanNotDelete', notes: 'Holds every order.' }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: account
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    // Not DataPlaneRequests: a line for every request costs more than the request.
    logs: [{ category: 'ControlPlaneRequests', enabled: true }, { category: 'PartitionKeyStatistics', enabled: true }]
    metrics: [{ category: 'Requests', enabled: true }]
  }
}

output id string = account.id
output name string = account.name
output endpoint string = account.properties.documentEndpoint
