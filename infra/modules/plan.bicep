// Elastic Premium: instances that are always there, and more as the feeds fall behind.
param name string
param location string
param tags object

@allowed(['EP1', 'EP2', 'EP3'])
param sku string

param alwaysReady int
param maximumWorkers int
param isZoneRedundant bool

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: name
  location: location
  tags: tags
  kind: 'elastic'
  sku: { name: sku, tier: 'ElasticPremium', capacity: alwaysReady }
  properties: {
    reserved: true
    elasticScaleEnabled: true
    maximumElasticWorkerCount: maximumWorkers
    zoneRedundant: isZoneRedundant
  }
}

output id string = plan.id
