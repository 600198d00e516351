// The app and its staging slot. Staging answers HTTP but consumes no feed, so no event is handled by two versions.
param name string
param location string
param tags object

@allowed(['zip', 'remoteBuild'])
param deploymentMode string

param planId string
param identityId string
param identityClientId string

@description('Empty: the app is in no network.')
param subnetId string

@description('The share that production runs from: a swap exchanges them, and a deployment must not swap back.')
@allowed(['a', 'b'])
param productionShare string

param hostStorageName string
param contentSecretUri string
param cursorSecretUri string
param authIssuer string
param authAudience string

@description('Empty: the platform authenticates nobody.')
param authClientId string

param alwaysReady int
param maximumWorkers int
param workspaceId string
param appSettings object

var model = loadJsonContent('../functions.json')
var stagingShare = productionShare == 'a' ? 'b' : 'a'
// Linux takes no dot in the name of a setting; the host reads the underscore as well.
var switches = map(model.functions, function => 'AzureWebJobs_${function.name}_Disabled')
// A zip runs from its package. A remote build writes these four and removes the first; kept here, it survives the next deployment.
var deploymentSettings = deploymentMode == 'zip' ? {
  WEBSITE_RUN_FROM_PACKAGE: '1'
} : {
  BUILD_FLAGS: 'UseExpressBuild'
  ENABLE_ORYX_BUILD: 'true'
  SCM_DO_BUILD_DURING_DEPLOYMENT: '1'
  XDG_CACHE_HOME: '/tmp/.cache'
}
// This replaces the whole set of settings, so everything is here, what tools write included.
var sharedSettings = union(appSettings, deploymentSettings, {
  AZURE_CLIENT_ID: identityClientId
  AzureWebJobsStorage__accountName: hostStorageName
  AzureWebJobsStorage__clientId: identityClientId
  AzureWebJobsStorage__credential: 'managedidentity'
  CURSOR_KEY: '@Microsoft.KeyVault(SecretUri=${cursorSecretUri})'
  FUNCTIONS_EXTENSION_VERSION: '~4'
  FUNCTIONS_WORKER_RUNTIME: 'python'
  WEBSITE_CONTENTAZUREFILECONNECTIONSTRING: '@Microsoft.KeyVault(SecretUri=${contentSecretUri})'
  WEBSITE_SKIP_CONTENTSHARE_VALIDATION: '1'
  WEBSITE_SWAP_WARMUP_PING_PATH: '/health'
  WEBSITE_SWAP_WARMUP_PING_STATUSES: '200'
})
var siteConfig = {
  linuxFxVersion: 'Python|3.13'
  alwaysOn: false
  ftpsState: 'Disabled'
  minTlsVersion: '1.2'
  scmMinTlsVersion: '1.2'
  http20Enabled: true
  // No page of another site talks to the app; a client of one's own is named here.
  cors: { allowedOrigins: [], supportCredentials: false }
  healthCheckPath: '/health'
  minimumElasticInstanceCount: alwaysReady
  preWarmedInstanceCount: 1
  functionAppScaleLimit: maximumWorkers
  // Without it the platform cannot see a feed behind a private endpoint, and never adds an instance.
  functionsRuntimeScaleMonitoringEnabled: true
}
// Whoever has no token goes on to the app, which knows what is open to everybody and answers the others itself.
var authentication = {
  platform: { enabled: true }
  globalValidation: { requireAuthentication: false, unauthenticatedClientAction: 'AllowAnonymous' }
  httpSettings: { requireHttps: true }
  identityProviders: {
    azureActiveDirectory: {
      enabled: true
      registration: { clientId: authClientId, openIdIssuer: authIssuer }
      validation: { allowedAudiences: [authAudience] }
    }
  }
}
var siteProperties = union({
  serverFarmId: planId
  reserved: true
  httpsOnly: true
  clientAffinityEnabled: false
  publicNetworkAccess: 'Enabled'
  keyVaultReferenceIdentity: identityId
  siteConfig: siteConfig
}, empty(subnetId) ? {} : {
  virtualNetworkSubnetId: subnetId
  outboundVnetRouting: { allTraffic: true }
})

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'api' })
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: siteProperties

  // Before the settings, or a swap in between would carry them over.
  resource sticky 'config' = {
    name: 'slotConfigNames'
    properties: { appSettingNames: concat(['AzureFunctionsWebHost__hostid', 'OTEL_SERVICE_NAME'], switches) }
  }

  resource settings 'config' = {
    name: 'appsettings'
    properties: union(sharedSettings, toObject(switches, each => each, each => 'false'), {
      AzureFunctionsWebHost__hostid: uniqueString(name, 'production')
      OTEL_SERVICE_NAME: name
      WEBSITE_CONTENTSHARE: '${name}-${productionShare}'
    })
    dependsOn: [sticky]
  }

  resource auth 'config' = if (!empty(authClientId)) {
    name: 'authsettingsV2'
    properties: authentication
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }
}

resource staging 'Microsoft.Web/sites/slots@2025-03-01' = {
  parent: app
  name: 'staging'
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: siteProperties

  resource settings 'config' = {
    name: 'appsettings'
    properties: union(sharedSettings, toObject(switches, each => each, each => 'true'), {
      // Two hosts with one id on one storage account stop each other.
      AzureFunctionsWebHost__hostid: uniqueString(name, 'staging')
      OTEL_SERVICE_NAME: '${name}-staging'
      WEBSITE_CONTENTSHARE: '${name}-${stagingShare}'
    })
    dependsOn: [app::sticky]
  }

  resource auth 'config' = if (!empty(authClientId)) {
    name: 'authsettingsV2'
    properties: authentication
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: app
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'FunctionAppLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = app.id
output name string = app.name
output uri string = 'https://${app.properties.defaultHostName}'
