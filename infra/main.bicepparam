using 'main.bicep'

param elasticUrl = 'https://my-deployment.es.westeurope.azure.elastic-cloud.com:443'
param notifyChannels = 'teams'
param alarmEmail = 'security-operations@example.com'
