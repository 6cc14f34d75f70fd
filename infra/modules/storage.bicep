// One storage account: the host's locks, the app's package, the Graph cursor (table) and the dead letters (queue). No keys, no public blobs.

param suffix string
param location string
param workspaceId string

@description('Whether the internet is kept out; private endpoints let the function in.')
param isPrivate bool

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: take('gw${suffix}', 24)
  location: location
  kind: 'StorageV2'
  sku: {
    name: 'Standard_ZRS'
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: isPrivate ? 'Deny' : 'Allow'
    }
    supportsHttpsTrafficOnly: true
    encryption: {
      requireInfrastructureEncryption: true
      keySource: 'Microsoft.Storage'
      services: {
        blob: {
          enabled: true
          keyType: 'Account'
        }
        queue: {
          enabled: true
          keyType: 'Account'
        }
        table: {
          enabled: true
          keyType: 'Account'
        }
      }
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: {
      enabled: true
      days: 7
    }
  }
}

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  parent: blobs
  name: 'package'
  properties: {
    publicAccess: 'None'
  }
}

resource tables 'Microsoft.Storage/storageAccounts/tableServices@2023-05-01' = {
  parent: account
  name: 'default'
}

resource table 'Microsoft.Storage/storageAccounts/tableServices/tables@2023-05-01' = {
  parent: tables
  name: 'gatewatch'
}

resource queues 'Microsoft.Storage/storageAccounts/queueServices@2023-05-01' = {
  parent: account
  name: 'default'
}

resource queue 'Microsoft.Storage/storageAccounts/queueServices/queues@2023-05-01' = {
  parent: queues
  name: 'gatewatch-dead-letters'
}

// Who read and changed the cursors and the dead letters.
resource tableLog 'Microsoft.Insights/diagnosticSettings@2016-09-01' = {
  scope: tables
  name: 'service'
  location: location
  properties: {
    workspaceId: workspaceId
    logs: map(['StorageWrite', 'StorageDelete'], category => {
      category: category
      enabled: true
    })
  }
}

resource queueLog 'Microsoft.Insights/diagnosticSettings@2016-09-01' = {
  scope: queues
  name: 'service'
  location: location
  properties: {
    workspaceId: workspaceId
    logs: map(['StorageRead', 'StorageWrite', 'StorageDelete'], category => {
      category: category
      enabled: true
    })
  }
}

output id string = account.id
output name string = account.name
output containerName string = container.name
output tableName string = table.name
output queueName string = queue.name
