// Optional, apart from main.bicep: makes Entra send its logs to the Event Hub. One for a tenant; whoever deploys it is Security Administrator and
// may deploy to the tenant. A command that needs no right on the tenant's root stands in docs/azure-push.md.
//
//   az deployment tenant create --location westeurope --template-file infra/entra_diagnostics.bicep
//     --parameters eventHubRuleId=<output of main> eventHubName=<output of main>

targetScope = 'tenant'

@description('Name of the diagnostic setting.')
param name string = 'gatewatch'

@description('The output eventHubRuleId of main.bicep.')
param eventHubRuleId string

@description('The output eventHubName of main.bicep.')
param eventHubName string

@description('What is sent. The non-interactive sign-ins are most of it; AuditLogs are the context of a person\'s alerts.')
param categories array = [
  'SignInLogs'
  'NonInteractiveUserSignInLogs'
  'ServicePrincipalSignInLogs'
  'ManagedIdentitySignInLogs'
  'UserRiskEvents'
  'ServicePrincipalRiskEvents'
  'AuditLogs'
]

resource logs 'microsoft.aadiam/diagnosticSettings@2017-04-01' = {
  name: name
  properties: {
    eventHubAuthorizationRuleId: eventHubRuleId
    eventHubName: eventHubName
    logs: map(categories, category => {
      category: category
      enabled: true
    })
  }
}
