// The function app: four timers, nothing that listens. Setting names are those of docs/settings.md (held by tests/infra).

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
param tenantId string
param graphBaseUrl string
param graphApi string
param streams string
param pollSchedule string
param sweepSchedule string
param elasticUrl string
param elasticNamespace string
param endpointIndices string
param endpointElasticUrl string
param endpointOwnKey bool
param endpointOverlapMinutes int
param notifyPrivateHosts string

param notifyChannels string
param notifyFrom string
param runbookBaseUrl string
param alertUrl string
param geoFiles string
param tuning string
param settings object

@description('Instances; the lease lets one work, and timers run once across all.')
@minValue(40)
@maxValue(1000)
param maximumInstances int = 40

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: storageName
}

// What this template sets itself. Any other setting, and another value of one of these, comes with the parameter `settings`.
var own = {
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: clientId
  AzureWebJobsStorage__blobServiceUri: account.properties.primaryEndpoints.blob
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnection
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${clientId};Authorization=AAD'
  AZURE_CLIENT_ID: clientId
  TENANT_ID: tenantId
  GRAPH_BASE_URL: graphBaseUrl
  GRAPH_API: graphApi
  STREAMS: streams
  POLL_SCHEDULE: pollSchedule
  SWEEP_SCHEDULE: sweepSchedule
  STATE_TABLE_ENDPOINT: account.properties.primaryEndpoints.table
  STATE_QUEUE_ENDPOINT: account.properties.primaryEndpoints.queue
  CHECKPOINT_TABLE: tableName
  DEAD_LETTER_QUEUE: queueName
  ELASTIC_URL: elasticUrl
  ELASTIC_NAMESPACE: elasticNamespace
  ELASTIC_API_KEY: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/elastic-api-key)'
  ENDPOINT_INDICES: endpointIndices
  ENDPOINT_ELASTIC_URL: endpointElasticUrl
  ENDPOINT_ELASTIC_API_KEY: endpointOwnKey ? '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/endpoint-elastic-api-key)' : ''
  ENDPOINT_OVERLAP_MINUTES: '${endpointOverlapMinutes}'
  TEAMS_WEBHOOK_URL: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/teams-webhook-url)'
  SLACK_WEBHOOK_URL: contains(notifyChannels, 'slack') ? '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/slack-webhook-url)' : ''
  WEBHOOK_URL: contains(notifyChannels, 'webhook') ? '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/webhook-url)' : ''
  WEBHOOK_SIGNING_SECRET: contains(notifyChannels, 'webhook') ? '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/webhook-signing-secret)' : ''
  NOTIFY_PRIVATE_HOSTS: notifyPrivateHosts
  NOTIFY_CHANNELS: notifyChannels
  NOTIFY_FROM: notifyFrom
  RUNBOOK_BASE_URL: runbookBaseUrl
  ALERT_URL: alertUrl
  GATEWATCH_GEO: geoFiles
  TUNING: tuning
}

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
      appSettings: map(items(union(own, settings)), setting => {
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
