// The function app: timers, and where an Event Hub is named, its trigger. Setting names are those of docs/settings.md (held by tests/infra).

param name string
param suffix string
param location string
param identityId string
param clientId string
param storageName string
param packageContainer string
param tableName string
param queueName string
param vaultUri string
param insightsConnection string

@description('Subnet through which the function calls out; empty leaves it outside of any network.')
param subnetId string

@description('Instances that are always ready for each function that reads sign-ins.')
param alwaysReady int

@description('Name, consumer group and host of the Event Hub, as settings; all empty where nothing is pushed.')
param hub object

@description('Whether the endpoint events are read with a key of their own.')
param endpointOwnKey bool

@description('Every channel an alert must be sent on.')
param channels string

@description('The settings that main.bicep has parameters for.')
param chosen object

@description('Any other setting, and another value of one of these.')
param settings object

@description('Instances; the lease lets one work, and timers run once across all.')
@minValue(40)
@maxValue(1000)
param maximumInstances int = 40

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: storageName
}

var secrets = '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets'
var pushes = !empty(hub.EVENT_HUB_NAME)

// What this template sets itself. Any other setting, and another value of one of these, comes with the parameter `settings`.
var own = {
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: clientId
  AzureWebJobsStorage__blobServiceUri: account.properties.primaryEndpoints.blob
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnection
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${clientId};Authorization=AAD'
  AZURE_CLIENT_ID: clientId
  STATE_TABLE_ENDPOINT: account.properties.primaryEndpoints.table
  STATE_QUEUE_ENDPOINT: account.properties.primaryEndpoints.queue
  CHECKPOINT_TABLE: tableName
  DEAD_LETTER_QUEUE: queueName
  ELASTIC_API_KEY: '${secrets}/elastic-api-key)'
  ENDPOINT_ELASTIC_API_KEY: endpointOwnKey ? '${secrets}/endpoint-elastic-api-key)' : ''
  TEAMS_WEBHOOK_URL: '${secrets}/teams-webhook-url)'
  SLACK_WEBHOOK_URL: contains(channels, 'slack') ? '${secrets}/slack-webhook-url)' : ''
  WEBHOOK_URL: contains(channels, 'webhook') ? '${secrets}/webhook-url)' : ''
  WEBHOOK_SIGNING_SECRET: contains(channels, 'webhook') ? '${secrets}/webhook-signing-secret)' : ''
}

// The host connects to the hub with the identity; without a hub it is told of none.
var ofHub = union(hub, {
  EVENT_HUB__credential: 'managedidentity'
  EVENT_HUB__clientId: clientId
})

var ready = concat(['function:poll_sign_ins', 'function:poll_risk_detections'], pushes ? ['function:push_entra'] : [])

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: 'plan-${name}-${suffix}'
  location: location
  kind: 'functionapp'
  sku: {
    tier: 'FlexConsumption'
    name: 'FC1'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: 'func-${name}-${suffix}'
  location: location
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientCertEnabled: false
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${account.properties.primaryEndpoints.blob}${packageContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      scaleAndConcurrency: {
        maximumInstanceCount: maximumInstances
        instanceMemoryMB: 2048
        alwaysReady: map((alwaysReady > 0) ? ready : [], name => {
          name: name
          instanceCount: alwaysReady
        })
      }
      runtime: {
        name: 'python'
        version: '3.13'
      }
    }
    siteConfig: { // no ftpsState: Flex Consumption refuses it in some regions (error 51021); the policy 'ftp' below closes FTP
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      appSettings: map(items(union(own, chosen, pushes ? ofHub : {}, settings)), setting => {
        name: setting.key
        value: string(setting.value)
      })
    }
  }
}

resource noPasswordForScm 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

resource noPasswordForFtp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

output name string = app.name
