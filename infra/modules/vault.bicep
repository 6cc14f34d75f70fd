// The secrets. Access by role only; a deleted vault can be had back.

param suffix string
param location string

@secure()
param elasticApiKey string

@secure()
param endpointElasticApiKey string

@secure()
param teamsWebhookUrl string

@secure()
param slackWebhookUrl string

@secure()
param webhookUrl string

@secure()
param webhookSigningSecret string

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: take('gw-${suffix}', 24)
  location: location
  properties: {
    tenantId: subscription().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    enablePurgeProtection: true
    softDeleteRetentionInDays: 90
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: 'Allow'
    }
  }
}

resource elastic 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(elasticApiKey)) {
  parent: vault
  name: 'elastic-api-key'
  properties: {
    value: elasticApiKey
    contentType: 'Elasticsearch API key'
  }
}

resource endpoint 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(endpointElasticApiKey)) {
  parent: vault
  name: 'endpoint-elastic-api-key'
  properties: {
    value: endpointElasticApiKey
    contentType: 'Elasticsearch API key, reads endpoint events'
  }
}

resource teams 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(teamsWebhookUrl)) {
  parent: vault
  name: 'teams-webhook-url'
  properties: {
    value: teamsWebhookUrl
    contentType: 'Teams workflow address'
  }
}

resource slack 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(slackWebhookUrl)) {
  parent: vault
  name: 'slack-webhook-url'
  properties: {
    value: slackWebhookUrl
    contentType: 'Slack incoming webhook'
  }
}

resource webhook 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(webhookUrl)) {
  parent: vault
  name: 'webhook-url'
  properties: {
    value: webhookUrl
    contentType: 'Webhook address'
  }
}

resource signing 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(webhookSigningSecret)) {
  parent: vault
  name: 'webhook-signing-secret'
  properties: {
    value: webhookSigningSecret
    contentType: 'Webhook signing secret'
  }
}

output name string = vault.name
output uri string = vault.properties.vaultUri
