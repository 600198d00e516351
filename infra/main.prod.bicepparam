// Three zones, a second region to read from and to fail over to, and locks against deletion.
using 'resources.bicep'

param environmentName = 'prod'
param planSku = 'EP2'
param alwaysReady = 3
param maximumWorkers = 20
param secondaryLocation = 'northeurope'
param isLocked = true
// A swap exchanges the shares, so only the live app knows. Without an answer nothing is deployed.
param productionShare = readEnvironmentVariable('ORDERFLOW_PRODUCTION_SHARE')
// Tokens of Entra ID instead of function keys, as soon as somebody says whose; see docs/deploy.md.
param authIssuer = readEnvironmentVariable('ORDERFLOW_AUTH_ISSUER', '')
param authAudience = readEnvironmentVariable('ORDERFLOW_AUTH_AUDIENCE', '')
param authClientId = readEnvironmentVariable('ORDERFLOW_AUTH_CLIENT_ID', '')
param alertEmails = ['oncall@example.com']
param monthlyBudget = 6000
param budgetStart = '2026-12-01'
