// An Event Hub for the logs that Entra pushes. The function may listen to this one hub and nothing else; Azure Monitor sends with a rule,
// because it has no identity of its own there, so that local authentication stays on.

param name string
param suffix string
param location string
param retentionHours int
param principalId string
param workspaceId string

// Built-in role: Azure Event Hubs Data Receiver (Microsoft Learn, "Azure built-in roles").
var dataReceiver = 'a638d3c7-ab3a-418d-83e6-5f17a39d4fde'

resource namespace 'Microsoft.EventHub/namespaces@2026-01-01' = {
  name: 'evh-${name}-${suffix}'
  location: location
  sku: {
    name: 'Standard'
    tier: 'Standard'
    capacity: 1
  }
  properties: {
    minimumTlsVersion: '1.2'
    disableLocalAuth: false
    isAutoInflateEnabled: true
    maximumThroughputUnits: 4
    publicNetworkAccess: 'Enabled' // Azure Monitor sends from outside of any network
  }
}

resource entra 'Microsoft.EventHub/namespaces/eventhubs@2026-01-01' = {
  parent: namespace
  name: 'entra'
  properties: {
    partitionCount: 4
    retentionDescription: {
      cleanupPolicy: 'Delete'
      retentionTimeInHours: retentionHours
    }
  }
}

resource group 'Microsoft.EventHub/namespaces/eventhubs/consumergroups@2026-01-01' = {
  parent: entra
  name: 'gatewatch'
}

// Diagnostic settings ask for all three rights (Microsoft Learn, "Stream to Event Hubs"). Its keys are read by Azure Monitor alone.
resource sender 'Microsoft.EventHub/namespaces/authorizationRules@2026-01-01' = {
  parent: namespace
  name: 'diagnostics'
  properties: {
    rights: ['Listen', 'Manage', 'Send']
  }
}

resource listens 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: entra
  name: guid(entra.id, principalId, dataReceiver)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', dataReceiver)
  }
}

resource log 'Microsoft.Insights/diagnosticSettings@2016-09-01' = {
  scope: namespace
  name: 'service'
  location: location
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'OperationalLogs'
        enabled: true
      }
    ]
  }
}

output hubName string = entra.name
output consumerGroup string = group.name
output ruleId string = sender.id
output host string = split(split(namespace.properties.serviceBusEndpoint, '/')[2], ':')[0]
