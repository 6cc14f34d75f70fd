// The function's own identity. User-assigned, so that it outlives the app and can be granted Graph permissions before the app exists.

param name string
param suffix string
param location string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-${name}-${suffix}'
  location: location
}

output id string = identity.id
output clientId string = identity.properties.clientId
output principalId string = identity.properties.principalId
