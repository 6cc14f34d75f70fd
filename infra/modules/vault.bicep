// The secrets. Access by role only; a deleted vault can be had back.

param suffix string
param location string
param workspaceId string

@description('Whether the internet is kept out; a private endpoint lets the function in.')
param isPrivate bool

@description('When the secrets of this deployment expire, as 2027-06-30; empty leaves them without an end.')
param expireOn string

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

var lifetime = empty(expireOn) ? {} : { exp: dateTimeToEpoch('${expireOn}T00:00:00Z') }

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
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: isPrivate ? 'None' : 'AzureServices'
      defaultAction: isPrivate ? 'Deny' : 'Allow'
    }
  }
}

resource elastic 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(elasticApiKey)) {
  parent: vault
  name: 'elastic-api-key'
  properties: {
    value: elasticApiKey
    contentType: 'Elasticsearch API key'
    attributes: lifetime
  }
}

resource endpoint 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(endpointElasticApiKey)) {
  parent: vault
  name: 'endpoint-elastic-api-key'
  properties: {
    value: endpointElasticApiKey
    contentType: 'Elasticsearch API key, reads endpoint events'
    attributes: lifetime
  }
}

resource teams 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(teamsWebhookUrl)) {
  parent: vault
  name: 'teams-webhook-url'
  properties: {
    value: teamsWebhookUrl
    contentType: 'Teams workflow address'
    attributes: lifetime
  }
}

resource slack 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(slackWebhookUrl)) {
  parent: vault
  name: 'slack-webhook-url'
  properties: {
    value: slackWebhookUrl
    contentType: 'Slack incoming webhook'
    attributes: lifetime
  }
}

resource webhook 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(webhookUrl)) {
  parent: vault
  name: 'webhook-url'
  properties: {
    value: webhookUrl
    contentType: 'Webhook address'
    attributes: lifetime
  }
}

resource signing 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(webhookSigningSecret)) {
  parent: vault
  name: 'webhook-signing-secret'
  properties: {
    value: webhookSigningSecret
    contentType: 'Webhook signing secret'
    attributes: lifetime
  }
}

// Who read which secret.
resource log 'Microsoft.Insights/diagnosticSettings@2016-09-01' = {
  scope: vault
  name: 'service'
  location: location
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'AuditEvent'
        enabled: true
      }
    ]
  }
}

output id string = vault.id
output name string = vault.name
output uri string = vault.properties.vaultUri
