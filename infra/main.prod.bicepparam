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
param alertEmails = ['oncall@example.com']
param monthlyBudget = 6000
param budgetStart = '2026-12-01'
