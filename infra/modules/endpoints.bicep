// Private endpoints of storage (blob, table, queue) and vault, each with its DNS zone.

param name string
param suffix string
param location string
param subnetId string
param networkId string
param storageId string
param vaultId string

@description('Whether the DNS zones are made here; false where a policy does it.')
param makesZones bool

var vaultZones = {
  AzureCloud: 'privatelink.vaultcore.azure.net'
  AzureUSGovernment: 'privatelink.vaultcore.usgovcloudapi.net'
  AzureChinaCloud: 'privatelink.vaultcore.azure.cn'
}

var targets = [
  {
    group: 'blob'
    resource: storageId
    zone: 'privatelink.blob.${environment().suffixes.storage}'
  }
  {
    group: 'table'
    resource: storageId
    zone: 'privatelink.table.${environment().suffixes.storage}'
  }
  {
    group: 'queue'
    resource: storageId
    zone: 'privatelink.queue.${environment().suffixes.storage}'
  }
  {
    group: 'vault'
    resource: vaultId
    zone: vaultZones[environment().name]
  }
]

module each 'endpoint.bicep' = [
  for target in targets: {
    name: 'endpoint-${target.group}'
    params: {
      name: 'pe-${name}-${target.group}-${suffix}'
      location: location
      subnetId: subnetId
      networkId: networkId
      group: target.group
      resourceId: target.resource
      zoneName: target.zone
      makesZone: makesZones
    }
  }
]
