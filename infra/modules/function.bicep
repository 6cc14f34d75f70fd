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
param notifyChannels string
param notifyFrom string
param runbookBaseUrl string
param alertUrl string
param geoFiles string
param tuning string

@description('Instances; the lease lets one work, and timers run once across all.')
@minValue(40)
@maxValue(1000)
param maximumInstances int = 40

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: storageName
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
      appSettings: [
        {
          name: 'AzureWebJobsStorage__credential'
          value: 'managedidentity'
        }
        {
          name: 'AzureWebJobsStorage__clientId'
          value: clientId
        }
        {
          name: 'AzureWebJobsStorage__blobServiceUri'
          value: account.properties.primaryEndpoints.blob
        }
        {
          name: 'APPLICATIONINSIGHTS_CONNECTION_STRING'
          value: insightsConnection
        }
        {
          name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING'
          value: 'ClientId=${clientId};Authorization=AAD'
        }
        {
          name: 'AZURE_CLIENT_ID'
          value: clientId
        }
        {
          name: 'TENANT_ID'
          value: tenantId
        }
        {
          name: 'GRAPH_BASE_URL'
          value: graphBaseUrl
        }
        {
          name: 'GRAPH_API'
          value: graphApi
        }
        {
          name: 'STREAMS'
          value: streams
        }
        {
          name: 'POLL_SCHEDULE'
          value: pollSchedule
        }
        {
          name: 'SWEEP_SCHEDULE'
          value: sweepSchedule
        }
        {
          name: 'STATE_TABLE_ENDPOINT'
          value: account.properties.primaryEndpoints.table
        }
        {
          name: 'STATE_QUEUE_ENDPOINT'
          value: account.properties.primaryEndpoints.queue
        }
        {
          name: 'CHECKPOINT_TABLE'
          value: tableName
        }
        {
          name: 'DEAD_LETTER_QUEUE'
          value: queueName
        }
        {
          name: 'ELASTIC_URL'
          value: elasticUrl
        }
        {
          name: 'ELASTIC_NAMESPACE'
          value: elasticNamespace
        }
        {
          name: 'ELASTIC_API_KEY'
          value: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/elastic-api-key)'
        }
        {
          name: 'ENDPOINT_INDICES'
          value: endpointIndices
        }
        {
          name: 'ENDPOINT_ELASTIC_URL'
          value: endpointElasticUrl
        }
        {
          name: 'ENDPOINT_ELASTIC_API_KEY'
          value: endpointOwnKey ? '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/endpoint-elastic-api-key)' : ''
        }
        {
          name: 'ENDPOINT_OVERLAP_MINUTES'
          value: '${endpointOverlapMinutes}'
        }
        {
          name: 'TEAMS_WEBHOOK_URL'
          value: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/teams-webhook-url)'
        }
        {
          name: 'NOTIFY_CHANNELS'
          value: notifyChannels
        }
        {
          name: 'NOTIFY_FROM'
          value: notifyFrom
        }
        {
          name: 'RUNBOOK_BASE_URL'
          value: runbookBaseUrl
        }
        {
          name: 'ALERT_URL'
          value: alertUrl
        }
        {
          name: 'GATEWATCH_GEO'
          value: geoFiles
        }
        {
          name: 'TUNING'
          value: tuning
        }
      ]
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
