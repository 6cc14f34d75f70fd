// Gatewatch on Azure: one function app on Flex Consumption that polls Microsoft Graph, its state, its secrets, its telemetry.
// Checked in this repository with a parser and policy tests (tests/infra); `bicep build` and a deployment were never run here.
//
//   az group create --name gatewatch --location westeurope
//   az deployment group create --resource-group gatewatch --template-file infra/main.bicep --parameters infra/main.bicepparam
//   infra/grant_graph_permissions.sh <principalId of the deployment's output>

targetScope = 'resourceGroup'

@description('Short name that every resource carries.')
@minLength(3)
@maxLength(12)
param name string = 'gatewatch'

@description('Region of all resources.')
param location string = resourceGroup().location

@description('Entra tenant whose sign-ins are read.')
param tenantId string = subscription().tenantId

@description('Address of Elasticsearch, https://host:port.')
param elasticUrl string

@description('Name of this installation, 1 to 64 of a-z, 0-9 and _: every index of it carries it, and the hosts of both clouds must have the same.')
@minLength(1)
@maxLength(64)
param elasticNamespace string = 'default'

@description('API key for Elasticsearch; leave empty to set the secret elastic-api-key in the vault yourself.')
@secure()
param elasticApiKey string = ''

@description('Address of the Teams workflow; its sig is a secret. Leave empty to set the secret teams-webhook-url in the vault yourself.')
@secure()
param teamsWebhookUrl string = ''

@description('Address of a Slack incoming webhook; it is a secret. Leave empty to set the secret slack-webhook-url in the vault yourself.')
@secure()
param slackWebhookUrl string = ''

@description('Address that signed notifications are posted to; a secret. Leave empty to set the secret webhook-url in the vault yourself.')
@secure()
param webhookUrl string = ''

@description('Signing secret of that webhook (whsec_...), or two while it is rotated. Leave empty to set webhook-signing-secret in the vault yourself.')
@secure()
param webhookSigningSecret string = ''

@description('Hosts of the webhook that may have private addresses, separated by commas. Empty: it must be public.')
param notifyPrivateHosts string = ''

@description('Every channel an alert must be sent on, also those that the AWS half serves.')
// <channels> written by make docs
@allowed(['sns', 'teams', 'slack', 'webhook', 'sns,teams', 'sns,slack', 'sns,webhook', 'teams,slack', 'teams,webhook', 'slack,webhook', 'sns,teams,slack', 'sns,teams,webhook', 'sns,slack,webhook', 'teams,slack,webhook', 'sns,teams,slack,webhook'])
// </channels>
param notifyChannels string = 'teams'

@description('Lowest severity that is announced; tuning leaves it to the tuning.')
// <severities> written by make docs
@allowed(['tuning', 'low', 'medium', 'high', 'critical'])
// </severities>
param notifyFrom string = 'tuning'

@description('Address under which docs/playbooks is published; notifications link to <base>/<rule-id>.md. Empty names the file.')
param runbookBaseUrl string = ''

@description('Address of an alert\'s page, such as a saved Kibana search, with {id} where the id of the alert belongs; empty leaves the link out.')
param alertUrl string = ''

@description('MMDB files in the package, comma-separated, such as /home/site/wwwroot/geo/GeoLite2-Country.mmdb; empty leaves unknown what the records do not say.')
param geoFiles string = ''

@description('Tuning, as TOML or JSON (docs: tuning).')
param tuning string = ''

@description('Streams to poll; non_interactive and service_principals need Graph beta. directory_audits adds what a person changed in the directory to the alerts.')
param streams string = 'sign_ins,risk_detections'

@description('Version of Microsoft Graph.')
@allowed(['auto', 'v1.0', 'beta'])
param graphApi string = 'auto'

@description('Microsoft Graph: https://graph.microsoft.com, https://graph.microsoft.us or https://microsoftgraph.chinacloudapi.cn.')
param graphBaseUrl string = 'https://graph.microsoft.com'

@description('Indices with process events of endpoints: default, or index patterns, comma-separated. Empty leaves that stream off.')
param endpointIndices string = ''

@description('Address of the Elasticsearch that holds them; empty when it is the one of the alerts.')
param endpointElasticUrl string = ''

@description('Whether they are read with a key of their own, the secret endpoint-elastic-api-key. Needed where endpointElasticUrl is set.')
param endpointOwnKey bool = false

@description('That key; leave empty to set the secret in the vault yourself.')
@secure()
param endpointElasticApiKey string = ''

@description('Minutes of endpoint events that every poll reads again, because machines that were offline ship late.')
@minValue(10)
@maxValue(10080)
param endpointOverlapMinutes int = 120

@description('Any other app setting of docs/settings.md by its name, such as { OVERLAP_MINUTES: 120 }. It outranks the parameters; a secret goes in as a Key Vault reference.')
param settings object = {}

@description('NCRONTAB schedule of the polls, UTC.')
param pollSchedule string = '0 */5 * * * *'

@description('NCRONTAB schedule of the sweep, UTC.')
param sweepSchedule string = '30 */15 * * * *'

@description('Whether an Event Hub takes the logs that Entra pushes (docs/azure-push.md); infra/entra_diagnostics.bicep makes Entra send them.')
param eventHub bool = false

@description('Hours that the Event Hub keeps events.')
@minValue(24)
@maxValue(168)
param eventHubRetentionHours int = 72

@description('Instances that are always ready for each function that reads sign-ins; 0 starts one when it is needed.')
@minValue(0)
@maxValue(20)
param alwaysReady int = 0

@description('private closes storage and vault to the internet: the function reaches them through private endpoints in a network.')
@allowed(['public', 'private'])
param network string = 'public'

@description('Address space of the network that is made; a /25 or larger.')
param networkPrefix string = '10.71.0.0/24'

@description('A subnet of your own for the function, delegated to Microsoft.App/environments; empty makes a network.')
param functionSubnetId string = ''

@description('A subnet of your own for the private endpoints; goes with functionSubnetId.')
param endpointSubnetId string = ''

@description('Whether private DNS zones are made; false where a policy of yours makes them.')
param privateDnsZones bool = true

@description('Mail address that hears when the detector is blind; empty makes no alarms.')
param alarmEmail string = ''

@description('When the first of the secrets expires, as 2027-06-30: an alarm comes 30 days before. Empty: none comes.')
param secretsExpireOn string = ''

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 90

var suffix = uniqueString(resourceGroup().id, name)
var isPrivate = network == 'private'
var makesNetwork = isPrivate && empty(functionSubnetId)

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    name: name
    suffix: suffix
    location: location
    retentionDays: logRetentionDays
  }
}

module identity 'modules/identity.bicep' = {
  name: 'identity'
  params: {
    name: name
    suffix: suffix
    location: location
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    suffix: suffix
    location: location
    isPrivate: isPrivate
    workspaceId: monitoring.outputs.workspaceId
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  params: {
    suffix: suffix
    location: location
    isPrivate: isPrivate
    workspaceId: monitoring.outputs.workspaceId
    expireOn: secretsExpireOn
    elasticApiKey: elasticApiKey
    endpointElasticApiKey: endpointElasticApiKey
    teamsWebhookUrl: teamsWebhookUrl
    slackWebhookUrl: slackWebhookUrl
    webhookUrl: webhookUrl
    webhookSigningSecret: webhookSigningSecret
  }
}

module roles 'modules/roles.bicep' = {
  name: 'roles'
  params: {
    principalId: identity.outputs.principalId
    storageName: storage.outputs.name
    tableName: storage.outputs.tableName
    queueName: storage.outputs.queueName
    vaultName: vault.outputs.name
    insightsName: monitoring.outputs.insightsName
  }
}

module hub 'modules/hub.bicep' = if (eventHub) {
  name: 'hub'
  params: {
    name: name
    suffix: suffix
    location: location
    retentionHours: eventHubRetentionHours
    principalId: identity.outputs.principalId
    workspaceId: monitoring.outputs.workspaceId
  }
}

module ownNetwork 'modules/network.bicep' = if (makesNetwork) {
  name: 'network'
  params: {
    name: name
    suffix: suffix
    location: location
    prefix: networkPrefix
  }
}

module endpoints 'modules/endpoints.bicep' = if (isPrivate) {
  name: 'endpoints'
  params: {
    name: name
    suffix: suffix
    location: location
    subnetId: makesNetwork ? ownNetwork!.outputs.endpointSubnetId : endpointSubnetId
    networkId: makesNetwork ? ownNetwork!.outputs.id : (split(endpointSubnetId, '/subnets/')[0])
    makesZones: privateDnsZones
    storageId: storage.outputs.id
    vaultId: vault.outputs.id
  }
}

module functionApp 'modules/function.bicep' = {
  name: 'function-app'
  dependsOn: [roles, endpoints]
  params: {
    name: name
    suffix: suffix
    location: location
    identityId: identity.outputs.id
    clientId: identity.outputs.clientId
    storageName: storage.outputs.name
    packageContainer: storage.outputs.containerName
    tableName: storage.outputs.tableName
    queueName: storage.outputs.queueName
    vaultUri: vault.outputs.uri
    insightsConnection: monitoring.outputs.connectionString
    subnetId: makesNetwork ? ownNetwork!.outputs.functionSubnetId : (isPrivate ? functionSubnetId : '')
    alwaysReady: alwaysReady
    hub: {
      EVENT_HUB_NAME: eventHub ? hub!.outputs.hubName : ''
      EVENT_HUB_CONSUMER_GROUP: eventHub ? hub!.outputs.consumerGroup : ''
      EVENT_HUB__fullyQualifiedNamespace: eventHub ? hub!.outputs.host : ''
    }
    endpointOwnKey: endpointOwnKey
    channels: notifyChannels
    chosen: {
      TENANT_ID: tenantId
      GRAPH_BASE_URL: graphBaseUrl
      GRAPH_API: graphApi
      STREAMS: streams
      POLL_SCHEDULE: pollSchedule
      SWEEP_SCHEDULE: sweepSchedule
      ELASTIC_URL: elasticUrl
      ELASTIC_NAMESPACE: elasticNamespace
      ENDPOINT_INDICES: endpointIndices
      ENDPOINT_ELASTIC_URL: endpointElasticUrl
      ENDPOINT_OVERLAP_MINUTES: string(endpointOverlapMinutes)
      NOTIFY_CHANNELS: notifyChannels
      NOTIFY_PRIVATE_HOSTS: notifyPrivateHosts
      NOTIFY_FROM: notifyFrom
      RUNBOOK_BASE_URL: runbookBaseUrl
      ALERT_URL: alertUrl
      GATEWATCH_GEO: geoFiles
      TUNING: tuning
      // <version> written by make docs
      TEMPLATE_VERSION: '0.1.0'
      // </version>
    }
    settings: settings
  }
}

module alarms 'modules/alarms.bicep' = if (!empty(alarmEmail)) {
  name: 'alarms'
  params: {
    name: name
    location: location
    insightsId: monitoring.outputs.insightsId
    email: alarmEmail
    streams: string(union({ STREAMS: streams }, settings).STREAMS)
    expectsBeta: string(union({ GRAPH_API: graphApi }, settings).GRAPH_API) != 'v1.0'
    hubRetentionHours: eventHub ? eventHubRetentionHours : 0
    secretsExpireOn: secretsExpireOn
  }
}

@description('Grant this identity the Graph permissions: infra/grant_graph_permissions.sh.')
output principalId string = identity.outputs.principalId

@description('Deploy build/azure to this app.')
output functionAppName string = functionApp.outputs.name

@description('Where the secrets lie.')
output vaultName string = vault.outputs.name

@description('What infra/entra_diagnostics.bicep sends to; empty without an Event Hub.')
output eventHubName string = eventHub ? hub!.outputs.hubName : ''

@description('The rule with which Azure Monitor sends there; empty without an Event Hub.')
output eventHubRuleId string = eventHub ? hub!.outputs.ruleId : ''
