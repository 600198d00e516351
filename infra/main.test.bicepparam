// Like production in everything but size: private, zip-deployed, one zone.
using 'resources.bicep'

param environmentName = 'test'
param isZoneRedundant = false
param alwaysReady = 1
param maximumWorkers = 5
// A swap exchanges the shares, so only the live app knows. Without an answer nothing is deployed.
param productionShare = readEnvironmentVariable('ORDERFLOW_PRODUCTION_SHARE')
param alertEmails = ['oncall@example.com']
param monthlyBudget = 1500
param budgetStart = '2026-12-01'
