// Every store the app talks to, reached from inside the network and from nowhere else.
param prefix string
param location string
param tags object
param subnetId string
param zoneIds object
param cosmosId string
param eventHubsId string
param hostStorageId string
param contentStorageId string
param vaultId string

var endpoints = [
  { name: 'cosmos', targetId: cosmosId, group: 'Sql', zone: 'cosmos' }
  { name: 'event-hubs', targetId: eventHubsId, group: 'namespace', zone: 'eventHubs' }
  { name: 'host-blob', targetId: hostStorageId, group: 'blob', zone: 'blob' }
  { name: 'host-queue', targetId: hostStorageId, group: 'queue', zone: 'queue' }
  { name: 'host-table', targetId: hostStorageId, group: 'table', zone: 'table' }
  { name: 'content-file', targetId: contentStorageId, group: 'file', zone: 'file' }
  { name: 'vault', targetId: vaultId, group: 'vault', zone: 'vault' }
]

resource privateEndpoints 'Microsoft.Network/privateEndpoints@2025-05-01' = [for each in endpoints: {
  name: '${prefix}${each.name}'
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    customNetworkInterfaceName: '${prefix}${each.name}-nic'
    privateLinkServiceConnections: [
      { name: each.name, properties: { privateLinkServiceId: each.targetId, groupIds: [each.group] } }
    ]
  }
}]

resource zoneGroups 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-05-01' = [for (each, i) in endpoints: {
  parent: privateEndpoints[i]
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [{ name: each.zone, properties: { privateDnsZoneId: zoneIds[each.zone] } }]
  }
}]
