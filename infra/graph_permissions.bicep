// Optional, apart from main.bicep: lets the function's identity read sign-ins and risk detections. Public cloud only; whoever deploys it needs
// AppRoleAssignment.ReadWrite.All and Application.Read.All. Elsewhere, and without that extension, use grant_graph_permissions.sh.
//
//   az deployment group create --resource-group gatewatch --template-file infra/graph_permissions.bicep --parameters principalId=<output of main>

extension microsoftGraphV1

@description('The identity that polls: the output principalId of main.bicep.')
param principalId string

@description('Application permissions, least first: sign-ins, risk detections.')
param permissions array = ['AuditLog.Read.All', 'IdentityRiskEvent.Read.All']

resource graph 'Microsoft.Graph/servicePrincipals@v1.0' existing = {
  appId: '00000003-0000-0000-c000-000000000000'
}

resource grants 'Microsoft.Graph/appRoleAssignedTo@v1.0' = [
  for permission in permissions: {
    appRoleId: filter(graph.appRoles, role => role.value == permission)[0].id
    principalId: principalId
    resourceId: graph.id
  }
]
