// Everything inside one resource group. CI deploys this file with an identity that owns nothing else.

@description('dev, test, prod, or the name of an azd environment.')
@minLength(1)
@maxLength(12)
param environmentName string

param location string = resourceGroup().location

@description('true: no private network, no zones, shared throughput, short backups. For development only.')
param isCheap bool = false

@description('zip: CI pushes a built package. remoteBuild: `func azure functionapp publish` builds in Azure.')
@allowed(['zip', 'remoteBuild'])
param deploymentMode string = 'zip'

@description('The content share, a or b, that production runs from now. See docs/deploy.md.')
@allowed(['a', 'b'])
param productionShare string

@description('Zones cost three always-ready instances at least.')
param isZoneRedundant bool = !isCheap

@description('A second region for Cosmos DB, read-only until a failover. Empty: none.')
param secondaryLocation string = ''

@allowed(['EP1', 'EP2', 'EP3'])
param planSku string = 'EP1'

@description('Instances that always run.')
@minValue(1)
@maxValue(20)
param alwaysReady int = 1

@minValue(1)
@maxValue(100)
param maximumWorkers int = 3

@description('true: neither the account nor the content share can be deleted before its lock is.')
param isLocked bool = false

@description('Object ids of people who may read (never write) the data.')
param readerPrincipalIds string[] = []

@description('Who issues tokens, https://login.microsoftonline.com/TENANT/v2.0. Empty: callers have function keys.')
param authIssuer string = ''

@description('For whom those tokens are meant.')
param authAudience string = ''

@description('The registration that the platform itself authenticates with. Empty: the app verifies the tokens.')
param authClientId string = ''

param owner string = 'orders'
param costCenter string = 'orders'

@minLength(1)
param alertEmails string[]

@description('In the currency of the subscription.')
@minValue(1)
param monthlyBudget int = 300

@description('First day of a month, YYYY-MM-01. Azure refuses to move it later.')
param budgetStart string

var abbreviations = loadJsonContent('abbreviations.json')
var settings = loadJsonContent('settings.json')
var isPrivate = !isCheap
var token = uniqueString(subscription().id, resourceGroup().id, environmentName, location)
var suffix = 'orderflow-${environmentName}-${take(token, 5)}'
var tags = {
  'azd-env-name': environmentName
  workload: 'orderflow'
  environment: environmentName
  owner: owner
  costCenter: costCenter
  managedBy: 'bicep'
}
var names = {
  contentStorage: take('${abbreviations.contentStorage}orderflow${token}', 24)
  cosmos: '${abbreviations.cosmos}${suffix}'
  eventHubs: '${abbreviations.eventHubs}${suffix}'
  // Below 32 characters together with "-staging", or two hosts share one id.
  functionApp: take('${abbreviations.functionApp}order-${take(environmentName, 5)}-${take(token, 5)}', 23)
  hostStorage: take('${abbreviations.hostStorage}orderflow${token}', 24)
  vault: take('${abbreviations.vault}${take(environmentName, 5)}-${token}', 24)
}

module identity 'modules/identity.bicep' = {
  name: 'identity'
  params: { name: '${abbreviations.identity}${suffix}', location: location, tags: tags }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    workspaceName: '${abbreviations.workspace}${suffix}'
    componentName: '${abbreviations.component}${suffix}'
    location: location
    tags: tags
    retentionDays: isCheap ? 30 : 90
    dailyGigabytes: isCheap ? 1 : 20
  }
}

module network 'modules/network.bicep' = if (isPrivate) {
  name: 'network'
  params: { name: '${abbreviations.network}${suffix}', location: location, tags: tags }
}

module hostStorage 'modules/host-storage.bicep' = {
  name: 'hostStorage'
  params: {
    name: names.hostStorage
    location: location
    tags: tags
    isPrivate: isPrivate
    isZoneRedundant: isZoneRedundant
    workspaceId: monitoring.outputs.workspaceId
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  params: {
    name: names.vault
    location: location
    tags: tags
    isPrivate: isPrivate
    workspaceId: monitoring.outputs.workspaceId
  }
}

module contentStorage 'modules/content-storage.bicep' = {
  name: 'contentStorage'
  params: {
    name: names.contentStorage
    location: location
    tags: tags
    isPrivate: isPrivate
    isZoneRedundant: isZoneRedundant
    isLocked: isLocked
    vaultName: vault.outputs.name
    shares: ['${names.functionApp}-a', '${names.functionApp}-b']
  }
}

module cosmos 'modules/cosmos.bicep' = {
  name: 'cosmos'
  params: {
    name: names.cosmos
    location: location
    secondaryLocation: secondaryLocation
    tags: tags
    isPrivate: isPrivate
    isThroughputShared: isCheap
    isZoneRedundant: isZoneRedundant
    isLocked: isLocked
    backupTier: isCheap ? 'Continuous7Days' : 'Continuous30Days'
    workspaceId: monitoring.outputs.workspaceId
  }
}

module eventHubs 'modules/event-hubs.bicep' = {
  name: 'eventHubs'
  params: {
    name: names.eventHubs
    location: location
    tags: tags
    isPrivate: isPrivate
    isZoneRedundant: isZoneRedundant
    maximumThroughputUnits: isCheap ? 0 : 10
    workspaceId: monitoring.outputs.workspaceId
  }
}

module privateEndpoints 'modules/private-endpoints.bicep' = if (isPrivate) {
  name: 'privateEndpoints'
  params: {
    prefix: abbreviations.privateEndpoint
    location: location
    tags: tags
    subnetId: network!.outputs.endpointSubnetId
    zoneIds: network!.outputs.zoneIds
    cosmosId: cosmos.outputs.id
    eventHubsId: eventHubs.outputs.id
    hostStorageId: hostStorage.outputs.id
    contentStorageId: contentStorage.outputs.id
    vaultId: vault.outputs.id
  }
}

module roles 'modules/roles.bicep' = {
  name: 'roles'
  params: {
    principalId: identity.outputs.principalId
    readerPrincipalIds: readerPrincipalIds
    hostStorageName: hostStorage.outputs.name
    vaultName: vault.outputs.name
    componentName: monitoring.outputs.componentName
    cosmosName: cosmos.outputs.name
    eventHubsName: eventHubs.outputs.name
  }
}

module plan 'modules/plan.bicep' = {
  name: 'plan'
  params: {
    name: '${abbreviations.plan}${suffix}'
    location: location
    tags: tags
    sku: planSku
    alwaysReady: isZoneRedundant ? max(alwaysReady, 3) : alwaysReady
    maximumWorkers: maximumWorkers
    isZoneRedundant: isZoneRedundant
  }
}

module functionApp 'modules/function-app.bicep' = {
  name: 'functionApp'
  params: {
    name: names.functionApp
    location: location
    tags: tags
    deploymentMode: deploymentMode
    productionShare: productionShare
    planId: plan.outputs.id
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    subnetId: isPrivate ? network!.outputs.appSubnetId : ''
    hostStorageName: hostStorage.outputs.name
    contentSecretUri: contentStorage.outputs.connectionSecretUri
    cursorSecretUri: contentStorage.outputs.cursorSecretUri
    authIssuer: authIssuer
    authAudience: authAudience
    authClientId: authClientId
    alwaysReady: alwaysReady
    maximumWorkers: maximumWorkers
    workspaceId: monitoring.outputs.workspaceId
    appSettings: union(settings, {
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Authorization=AAD;ClientId=${identity.outputs.clientId}'
      AUTH: empty(authIssuer) ? 'keys' : 'entra'
      AUTH_AUDIENCE: authAudience
      AUTH_ISSUER: authIssuer
      APPLICATIONINSIGHTS_CONNECTION_STRING: monitoring.outputs.connectionString
      COSMOS__accountEndpoint: cosmos.outputs.endpoint
      COSMOS__clientId: identity.outputs.clientId
      COSMOS__credential: 'managedidentity'
      EVENTHUBS__clientId: identity.outputs.clientId
      EVENTHUBS__credential: 'managedidentity'
      EVENTHUBS__fullyQualifiedNamespace: eventHubs.outputs.fullyQualifiedNamespace
    })
  }
  // The host reads its storage and its secrets before its first line of log.
  dependsOn: [roles, privateEndpoints]
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    actionGroupName: '${abbreviations.actionGroup}${suffix}'
    prefix: suffix
    location: location
    tags: tags
    emails: alertEmails
    componentId: monitoring.outputs.componentId
    targets: {
      cosmos: cosmos.outputs.id
      eventHubs: eventHubs.outputs.id
      plan: plan.outputs.id
      site: functionApp.outputs.id
    }
  }
}

module workbook 'modules/workbook.bicep' = {
  name: 'workbook'
  params: { location: location, tags: tags, componentId: monitoring.outputs.componentId }
}

module budget 'modules/budget.bicep' = {
  name: 'budget'
  params: {
    name: 'budget-${suffix}'
    amount: monthlyBudget
    startDate: budgetStart
    emails: alertEmails
    actionGroupId: alerts.outputs.actionGroupId
  }
}

output functionAppName string = functionApp.outputs.name
output functionAppUri string = functionApp.outputs.uri
output cosmosEndpoint string = cosmos.outputs.endpoint
output eventHubsNamespace string = eventHubs.outputs.fullyQualifiedNamespace
