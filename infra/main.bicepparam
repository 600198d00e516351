// What `azd up` deploys; `azd env set NAME value` changes it.
using 'main.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'dev')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param isCheap = readEnvironmentVariable('ORDERFLOW_CHEAP', 'true') == 'true'
param deploymentMode = 'remoteBuild'
// azd says who deploys; so the deployer may look at the data of this environment.
param readerPrincipalIds = filter([readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')], id => !empty(id))
// Tokens of Entra ID instead of function keys, as soon as somebody says whose; see docs/deploy.md.
param authIssuer = readEnvironmentVariable('ORDERFLOW_AUTH_ISSUER', '')
param authAudience = readEnvironmentVariable('ORDERFLOW_AUTH_AUDIENCE', '')
param authClientId = readEnvironmentVariable('ORDERFLOW_AUTH_CLIENT_ID', '')
param alertEmails = [readEnvironmentVariable('ORDERFLOW_ALERT_EMAIL', 'oncall@example.com')]
param budgetStart = readEnvironmentVariable('ORDERFLOW_BUDGET_START', '2026-12-01')
