// Cheap: for one developer or a demonstration, reachable from the internet with an identity only.
using 'resources.bicep'

param environmentName = 'dev'
param isCheap = true
param deploymentMode = 'remoteBuild'
// Nobody swaps slots here.
param productionShare = 'a'
// Whoever is named here may look at the data of this environment.
param readerPrincipalIds = filter([readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')], id => !empty(id))
param alertEmails = ['oncall@example.com']
param monthlyBudget = 300
param budgetStart = '2026-12-01'
