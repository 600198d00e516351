// Where `azd up` starts: a resource group, and everything else inside it.
targetScope = 'subscription'

@description('Name of the azd environment; part of every resource name.')
@minLength(1)
@maxLength(12)
param environmentName string

param location string

@description('true: no private network, no zones, shared throughput. For development only.')
param isCheap bool

@allowed(['zip', 'remoteBuild'])
param deploymentMode string

@description('Object ids of people who may read (never write) the data.')
param readerPrincipalIds string[]

@description('Who issues tokens, https://login.microsoftonline.com/TENANT/v2.0. Empty: callers have function keys.')
param authIssuer string

@description('For whom those tokens are meant.')
param authAudience string

@description('The registration that the platform itself authenticates with. Empty: the app verifies the tokens.')
param authClientId string

param alertEmails string[]
param budgetStart string

var abbreviations = loadJsonContent('abbreviations.json')

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: '${abbreviations.resourceGroup}orderflow-${environmentName}'
  location: location
  tags: { 'azd-env-name': environmentName }
}

module resources 'resources.bicep' = {
  name: 'resources'
  scope: group
  params: {
    environmentName: environmentName
    location: location
    isCheap: isCheap
    deploymentMode: deploymentMode
    // azd deploys to production and never swaps.
    productionShare: 'a'
    readerPrincipalIds: readerPrincipalIds
    authIssuer: authIssuer
    authAudience: authAudience
    authClientId: authClientId
    alertEmails: alertEmails
    budgetStart: budgetStart
  }
}

output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = group.name
output AZURE_FUNCTION_APP_NAME string = resources.outputs.functionAppName
output SERVICE_API_NAME string = resources.outputs.functionAppName
output SERVICE_API_URI string = resources.outputs.functionAppUri
output COSMOS_ENDPOINT string = resources.outputs.cosmosEndpoint
output EVENTHUBS_NAMESPACE string = resources.outputs.eventHubsNamespace
