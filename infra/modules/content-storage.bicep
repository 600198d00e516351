// The only account whose keys work: Azure Files, where a Premium plan keeps its content, knows no identity.
param name string
param location string
param tags object
param isPrivate bool
param isZoneRedundant bool
param isLocked bool
param vaultName string
param shares string[]

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: isZoneRedundant ? 'Standard_ZRS' : 'Standard_LRS' }
  properties: {
    allowBlobPublicAccess: false
    allowSharedKeyAccess: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: { bypass: 'None', defaultAction: isPrivate ? 'Deny' : 'Allow' }
  }

  resource files 'fileServices' = {
    name: 'default'
    properties: { shareDeleteRetentionPolicy: { enabled: true, days: 7 } }
  }
}

// One per slot: two slots on one share overwrite each other's code.
resource contentShares 'Microsoft.Storage/storageAccounts/fileServices/shares@2025-01-01' = [for share in shares: {
  parent: account::files
  name: share
  properties: { shareQuota: 100 }
}]

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (isLocked) {
  name: 'content'
  scope: account
  properties: { level: 'CanNotDelete', notes: 'The app starts from this share.' }
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource connection 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: 'content-share'
  properties: {
    contentType: 'connection string'
    value: 'DefaultEndpointsProtocol=https;AccountName=${account.name};AccountKey=${account.listKeys().keys[0].value};EndpointSuffix=${environment().suffixes.storage}'
  }
}

// Made of a key that nobody reads, so that it is secret, is the same in every deployment, and no person ever holds it.
resource cursor 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: 'cursor-key'
  properties: {
    contentType: 'signing key'
    value: guid(account.listKeys().keys[0].value, 'cursor')
  }
}

output id string = account.id
output connectionSecretUri string = connection.properties.secretUri
output cursorSecretUri string = cursor.properties.secretUri
