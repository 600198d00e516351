// Like production in everything but size: private, zip-deployed, one zone.
using 'resources.bicep'

param environmentName = 'test'
param isZoneRedundant = false
param alwaysReady = 1
param maximumWorkers = 5
// A swap exchanges the shares, so only the live app knows. Without an answer nothing is deployed.
param productionShare = readEnvironmentVariable('ORDERFLOW_PRODUCTION_SHARE')
// Tokens of Entra ID instead of function keys, as soon as somebody says whose; see docs/deploy.md.
param authIssuer = readEnvironmentVariable('ORDERFLOW_AUTH_ISSUER', '')
param authAudience = readEnvironmentVariable('ORDERFLOW_AUTH_AUDIENCE', '')
param authClientId = readEnvironmentVariable('ORDERFLOW_AUTH_CLIENT_ID', '')
param alertEmails = ['oncall@example.com']
param monthlyBudget = 1500
param budgetStart = '2026-12-01'
