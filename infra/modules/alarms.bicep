// A detector that went blind says nothing, so somebody else has to say it.

param name string
param location string
param insightsId string
param email string

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${name}'
  location: 'global'
  properties: {
    groupShortName: take(name, 12)
    enabled: true
    emailReceivers: [
      {
        name: 'operators'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource blind 'Microsoft.Insights/scheduledQueryRules@2023-03-15-preview' = {
  name: '${name}-blind'
  location: location
  properties: {
    displayName: 'Gatewatch: the detector is blind'
    description: 'No poll of sign-ins or risk detections has succeeded for half an hour.'
    severity: 1
    enabled: true
    scopes: [insightsId]
    evaluationFrequency: 'PT10M'
    windowSize: 'PT30M'
    criteria: {
      allOf: [
        {
          query: 'requests | where success == true and operation_Name in ("poll_sign_ins", "poll_risk_detections") | summarize polls = count() by operation_Name | summarize streams = count()'
          metricMeasureColumn: 'streams'
          timeAggregation: 'Total'
          operator: 'LessThan'
          threshold: 2
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [people.id]
    }
  }
}

resource letters 'Microsoft.Insights/scheduledQueryRules@2023-03-15-preview' = {
  name: '${name}-dead-letters'
  location: location
  properties: {
    displayName: 'Gatewatch: records went to the dead letters'
    description: 'Records that nobody could read lie in the queue gatewatch-dead-letters, each with its reason.'
    severity: 2
    enabled: true
    scopes: [insightsId]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT15M'
    criteria: {
      allOf: [
        {
          query: 'traces | where severityLevel >= 3 and message has "goes to the dead letters"'
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [people.id]
    }
  }
}

resource behind 'Microsoft.Insights/scheduledQueryRules@2023-03-15-preview' = {
  name: '${name}-behind'
  location: location
  properties: {
    displayName: 'Gatewatch: a stream falls behind'
    description: 'Several runs in a row did not finish reading a stream: there is more to read than fits a run.'
    severity: 2
    enabled: true
    scopes: [insightsId]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT15M'
    criteria: {
      allOf: [
        {
          query: 'traces | where severityLevel >= 3 and message has "runs in a row did not finish poll"'
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [people.id]
    }
  }
}

resource channels 'Microsoft.Insights/scheduledQueryRules@2023-03-15-preview' = {
  name: '${name}-channels'
  location: location
  properties: {
    displayName: 'Gatewatch: a channel is not served'
    description: 'A setting of a notification channel is wrong, such as a secret that does not resolve. Detection goes on, its notifications wait.'
    severity: 1
    enabled: true
    scopes: [insightsId]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT15M'
    criteria: {
      allOf: [
        {
          query: 'traces | where severityLevel >= 3 and message has "is not served, its notifications wait"'
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [people.id]
    }
  }
}
