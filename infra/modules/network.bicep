// A network of two subnets: one through which the function calls out, one for the private endpoints of storage and vault.

param name string
param suffix string
param location string
param prefix string

resource network 'Microsoft.Network/virtualNetworks@2025-09-01' = {
  name: 'vnet-${name}-${suffix}'
  location: location
  properties: {
    addressSpace: {
      addressPrefixes: [prefix]
    }
    subnets: [
      {
        name: 'function'
        properties: {
          addressPrefix: cidrSubnet(prefix, 26, 0)
          defaultOutboundAccess: true // Graph and Elasticsearch lie outside; bring subnets of your own to send that through a firewall
          delegations: [
            {
              name: 'flex'
              properties: {
                serviceName: 'Microsoft.App/environments'
              }
            }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: cidrSubnet(prefix, 26, 1)
          defaultOutboundAccess: false
          privateEndpointNetworkPolicies: 'Enabled'
        }
      }
    ]
  }
}

output id string = network.id
output functionSubnetId string = network.properties.subnets[0].id
output endpointSubnetId string = network.properties.subnets[1].id
