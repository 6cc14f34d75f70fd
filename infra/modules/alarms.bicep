// A detector that does not run writes nothing, so some of these rules fire on missing lines. Each reads the lines of azure_function/metrics.py; the
// arithmetic of each is tested over emitted series (tests/infra/test_azure_alarms.py), its meaning is in docs/azure-alarms.md.

param name string
param location string
param insightsId string
param email string

@description('Streams that must be read, as STREAMS names them.')
param streams string

@description('Whether Graph beta is asked for.')
param expectsBeta bool

@description('Hours that the Event Hub keeps events; 0 where nothing is pushed.')
param hubRetentionHours int

@description('When the first secret expires, as 2027-06-30; empty where it is not known.')
param secretsExpireOn string

// Windows are longer than the time between two evaluations, because lines arrive minutes late.
var lines = 'traces | where message startswith "gatewatch.metrics " | extend m = parse_json(substring(message, 18)) | extend tenant = tostring(m.tenant), stream = tostring(m.stream), state = tostring(m.state)'

var always = [
  {
    name: 'no-data'
    title: 'nothing is read'
    description: 'A stream was not read for half an hour: no run of it came to an end, or the function app does not run at all.'
    severity: 1
    query: '${lines} | where state in ("done", "unfinished") | summarize seen = make_set(stream) | extend value = array_length(set_difference(split(replace_string("${streams}", " ", ""), ","), seen))'
    operator: 'GreaterThan'
    threshold: 0
    every: 'PT10M'
    window: 'PT30M'
    dimensions: []
  }
  {
    name: 'failing'
    title: 'every run of a stream fails'
    description: 'For an hour no run of this stream came to an end; the log of the function names the error.'
    severity: 1
    query: '${lines} | summarize value = countif(state in ("done", "unfinished", "no_time", "refused")) by tenant, stream'
    operator: 'LessThan'
    threshold: 1
    every: 'PT15M'
    window: 'PT1H'
    dimensions: ['tenant', 'stream']
  }
  {
    name: 'lag'
    title: 'a stream is behind'
    description: 'New records are read more than half an hour after they could have been.'
    severity: 1
    query: '${lines} | where stream !endswith "_last" and isnotnull(m.lag_seconds) | summarize value = min(todouble(m.lag_seconds)) by tenant, stream'
    operator: 'GreaterThan'
    threshold: 1800
    every: 'PT10M'
    window: 'PT30M'
    dimensions: ['tenant', 'stream']
  }
  {
    name: 'last-lag'
    title: 'the last reading is behind'
    description: 'The reading two days after the fact, of low priority, is six hours behind or gets no time: records that Graph shows very late are found later still.'
    severity: 3
    query: '${lines} | where stream endswith "_last" | summarize ends = countif(state in ("done", "unfinished")), lag = min(todouble(m.lag_seconds)) by tenant, stream | extend value = iff(ends == 0, 999999.0, coalesce(lag, 0.0))'
    operator: 'GreaterThan'
    threshold: 21600
    every: 'PT1H'
    window: 'PT6H'
    dimensions: ['tenant', 'stream']
  }
  {
    name: 'refused-filter'
    title: 'Graph does not take a filter'
    description: 'For an hour Graph refused the filter of a narrow stream. The wide stream reads the same records, later.'
    severity: 3
    query: '${lines} | summarize refusals = countif(state == "refused"), ends = countif(state in ("done", "unfinished")) by tenant, stream | extend value = iff(refusals > 0 and ends == 0, 1, 0)'
    operator: 'GreaterThan'
    threshold: 0
    every: 'PT30M'
    window: 'PT1H'
    dimensions: ['tenant', 'stream']
  }
  {
    name: 'second-reading'
    title: 'the second reading is behind'
    description: 'What Graph shows late is found more than an hour later than it should be.'
    severity: 2
    query: '${lines} | where isnotnull(m.rescan_lag_seconds) | summarize value = min(todouble(m.rescan_lag_seconds)) by tenant, stream'
    operator: 'GreaterThan'
    threshold: 3600
    every: 'PT15M'
    window: 'PT30M'
    dimensions: ['tenant', 'stream']
  }
  {
    name: 'unfinished'
    title: 'runs do not finish'
    description: 'Three runs in a row ended by their deadline: there is more to read than fits a run.'
    severity: 2
    query: '${lines} | where isnotnull(m.unfinished) | summarize value = max(todouble(m.unfinished)) by tenant, stream'
    operator: 'GreaterThanOrEqual'
    threshold: 3
    every: 'PT10M'
    window: 'PT30M'
    dimensions: ['tenant', 'stream']
  }
  {
    name: 'hidden-levels'
    title: 'all risk levels are hidden'
    description: 'Every risk level of a day says hidden: the tenant has no Entra ID P2, and rules on risk see nothing.'
    severity: 2
    query: '${lines} | summarize levels = sum(todouble(m.levels)), hidden = sum(todouble(m.levels_hidden)) by tenant | extend value = iff(levels >= 10 and hidden >= levels, 1, 0)'
    operator: 'GreaterThan'
    threshold: 0
    every: 'PT1H'
    window: 'P1D'
    dimensions: ['tenant']
  }
  {
    name: 'refused'
    title: 'Graph refuses the function'
    description: 'Graph answered 401 or 403 again and again: a permission was taken away, a licence ended, or a policy blocks the identity.'
    severity: 1
    query: '${lines} | summarize value = sum(coalesce(todouble(m.unauthorized), 0.0) + coalesce(todouble(m.forbidden), 0.0)) by tenant'
    operator: 'GreaterThanOrEqual'
    threshold: 3
    every: 'PT10M'
    window: 'PT30M'
    dimensions: ['tenant']
  }
  {
    name: 'permission'
    title: 'a permission is missing'
    description: 'Graph says that the application lacks a permission: infra/grant_graph_permissions.sh grants it.'
    severity: 1
    query: '${lines} | where isnotnull(m.permission_missing) | summarize value = max(todouble(m.permission_missing)) by tenant, stream'
    operator: 'GreaterThan'
    threshold: 0
    every: 'PT15M'
    window: 'PT30M'
    dimensions: ['tenant', 'stream']
  }
  {
    name: 'credential'
    title: 'a credential expired'
    description: 'The secret or certificate of the application that reads Graph expired.'
    severity: 1
    query: '${lines} | where isnotnull(m.credential_expired) | summarize value = max(todouble(m.credential_expired)) by tenant'
    operator: 'GreaterThan'
    threshold: 0
    every: 'PT10M'
    window: 'PT30M'
    dimensions: ['tenant']
  }
  {
    name: 'clock'
    title: 'the clock is wrong'
    description: 'The clock of the function and that of Graph differ by more than a minute: leases and windows rely on it.'
    severity: 2
    query: '${lines} | where isnotnull(m.clock_skew_seconds) | summarize value = min(todouble(m.clock_skew_seconds)) by tenant'
    operator: 'GreaterThan'
    threshold: 60
    every: 'PT15M'
    window: 'PT30M'
    dimensions: ['tenant']
  }
  {
    name: 'dead-letters'
    title: 'records went to the dead letters'
    description: 'Records that nobody could read lie in the queue gatewatch-dead-letters, each with its reason.'
    severity: 2
    query: '${lines} | where isnotnull(m.dead_letters) | summarize value = sum(todouble(m.dead_letters)) by tenant'
    operator: 'GreaterThan'
    threshold: 0
    every: 'PT15M'
    window: 'PT30M'
    dimensions: ['tenant']
  }
  {
    name: 'untold'
    title: 'somebody was not notified'
    description: 'Urgent notifications stay pending through several sweeps: a channel refuses them or is away.'
    severity: 1
    query: '${lines} | where stream == "sweep" and isnotnull(m.untold) | summarize value = min(todouble(m.untold)) by tenant'
    operator: 'GreaterThan'
    threshold: 0
    every: 'PT15M'
    window: 'PT45M'
    dimensions: ['tenant']
  }
  {
    name: 'channels'
    title: 'a channel is not served'
    description: 'A setting of a notification channel is wrong, such as a secret that does not resolve. Detection goes on, its notifications wait.'
    severity: 1
    query: 'traces | where severityLevel >= 3 and message has "is not served, its notifications wait" | summarize value = count()'
    operator: 'GreaterThan'
    threshold: 0
    every: 'PT15M'
    window: 'PT30M'
    dimensions: []
  }
]

var ofBeta = [
  {
    name: 'no-beta'
    title: 'the fields of Graph beta are missing'
    description: 'For an hour Graph answered without the fields that only beta has: device codes, second factor, network. The rules that read them see nothing.'
    severity: 2
    query: '${lines} | where isnotnull(m.beta_missing) | summarize value = min(todouble(m.beta_missing)) by tenant, stream'
    operator: 'GreaterThan'
    threshold: 0
    every: 'PT30M'
    window: 'PT1H'
    dimensions: ['tenant', 'stream']
  }
]

var ofHub = [
  {
    name: 'hub-retention'
    title: 'the Event Hub is about to forget'
    description: 'The oldest event of a batch is older than half of what the hub keeps: what is not read by the end of it is lost to the push.'
    severity: 1
    query: '${lines} | where stream == "push" and isnotnull(m.hub_age_seconds) | summarize value = max(todouble(m.hub_age_seconds)) by tenant'
    operator: 'GreaterThan'
    threshold: hubRetentionHours * 1800
    every: 'PT10M'
    window: 'PT30M'
    dimensions: ['tenant']
  }
  {
    name: 'hub-silent'
    title: 'nothing is pushed'
    description: 'For six hours no batch of the Event Hub came to an end: the diagnostic setting is gone, or the trigger does not run.'
    severity: 2
    query: '${lines} | summarize value = countif(stream == "push" and state == "done")'
    operator: 'LessThan'
    threshold: 1
    every: 'PT30M'
    window: 'PT6H'
    dimensions: []
  }
]

var ofSecrets = [
  {
    name: 'secrets-expire'
    title: 'a secret expires soon'
    description: 'The first of the secrets expires within 30 days, as the parameter secretsExpireOn says.'
    severity: 2
    query: 'traces | summarize lines = count() | extend value = datetime_diff("day", datetime(${secretsExpireOn}), now())'
    operator: 'LessThan'
    threshold: 30
    every: 'P1D'
    window: 'P1D'
    dimensions: []
  }
]

var rules = concat(always, expectsBeta ? ofBeta : [], (hubRetentionHours > 0) ? ofHub : [], empty(secretsExpireOn) ? [] : ofSecrets)

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

resource alarms 'Microsoft.Insights/scheduledQueryRules@2023-03-15-preview' = [
  for rule in rules: {
    name: '${name}-${rule.name}'
    location: location
    properties: {
      displayName: 'Gatewatch: ${rule.title}'
      description: rule.description
      severity: rule.severity
      enabled: true
      autoMitigate: true
      scopes: [insightsId]
      evaluationFrequency: rule.every
      windowSize: rule.window
      criteria: {
        allOf: [
          {
            query: rule.query
            metricMeasureColumn: 'value'
            timeAggregation: 'Maximum'
            operator: rule.operator
            threshold: rule.threshold
            dimensions: map(rule.dimensions, dimension => {
              name: dimension
              operator: 'Include'
              values: ['*']
            })
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
]
