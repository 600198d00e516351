// Everything the app may do, in one place. Each role is the narrowest that works, on the narrowest thing.
param principalId string
param readerPrincipalIds string[]
param hostStorageName string
param vaultName string
param componentName string
param cosmosName string
param eventHubsName string

var roleIds = {
  eventHubsReceiver: 'a638d3c7-ab3a-418d-83e6-5f17a39d4fde'
  eventHubsSender: '2b629674-e913-4c01-ae53-ef4638d8f975'
  metricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
  secretsUser: '4633458b-17de-408a-b874-0445c86b69e6'
  storageBlobOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  storageQueueContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  storageTableContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}
var roleDefinitions = 'Microsoft.Authorization/roleDefinitions'
// Locks of timers and checkpoints of hubs are blobs, poison messages a queue, the host's own diagnostics a table.
var hostRoles = [roleIds.storageBlobOwner, roleIds.storageQueueContributor, roleIds.storageTableContributor]
var model = loadJsonContent('../eventhubs.json')
var dataReader = '00000000-0000-0000-0000-000000000001'

resource hostStorage 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: hostStorageName
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: componentName
}

resource cosmos 'Microsoft.DocumentDB/databaseAccounts@2025-04-15' existing = {
  name: cosmosName
}

resource namespace 'Microsoft.EventHub/namespaces@2024-01-01' existing = {
  name: eventHubsName
}

resource hubs 'Microsoft.EventHub/namespaces/eventhubs@2024-01-01' existing = [for hub in model.hubs: {
  parent: namespace
  name: hub.name
}]

resource onHostStorage 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in hostRoles: {
  name: guid(hostStorage.id, principalId, role)
  scope: hostStorage
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(roleDefinitions, role)
  }
}]

resource onVault 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, principalId, roleIds.secretsUser)
  scope: vault
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(roleDefinitions, roleIds.secretsUser)
  }
}

resource onComponent 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(component.id, principalId, roleIds.metricsPublisher)
  scope: component
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(roleDefinitions, roleIds.metricsPublisher)
  }
}

resource onHubs 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (hub, i) in model.hubs: {
  name: guid(hubs[i].id, principalId, hub.appRole)
  scope: hubs[i]
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(roleDefinitions, hub.appRole == 'send' ? roleIds.eventHubsSender : roleIds.eventHubsReceiver)
  }
}]

// Items and their feed; no containers, no stored procedures, no throughput: those belong to this template.
resource dataWriter 'Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions@2025-04-15' = {
  parent: cosmos
  name: guid(cosmos.id, 'orderflow-data-writer')
  properties: {
    roleName: 'Orderflow data writer'
    type: 'CustomRole'
    assignableScopes: [cosmos.id]
    permissions: [
      {
        dataActions: [
          'Microsoft.DocumentDB/databaseAccounts/readMetadata'
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/executeQuery'
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/readChangeFeed'
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/*'
        ]
      }
    ]
  }
}

resource writes 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-04-15' = {
  parent: cosmos
  name: guid(cosmos.id, principalId, 'orderflow-data-writer')
  properties: { principalId: principalId, roleDefinitionId: dataWriter.id, scope: cosmos.id }
}

@batchSize(1)
resource reads 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-04-15' = [for reader in readerPrincipalIds: {
  parent: cosmos
  name: guid(cosmos.id, reader, dataReader)
  properties: { principalId: reader, roleDefinitionId: '${cosmos.id}/sqlRoleDefinitions/${dataReader}', scope: cosmos.id }
}]
