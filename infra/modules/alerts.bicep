// Who is told, and of what: every alert of alerts.json.
param actionGroupName string
param prefix string
param location string
param tags object

@minLength(1)
param emails string[]

param componentId string

@description('Resource ids by the names that alerts.json uses: cosmos, eventHubs, plan, site.')
param targets object

var model = loadJsonContent('../alerts.json')
var queries = {
  feed_lag: loadTextContent('../kql/feed_lag.kql')
  feed_silent: loadTextContent('../kql/feed_silent.kql')
  feed_unowned: loadTextContent('../kql/feed_unowned.kql')
  feed_unknown: loadTextContent('../kql/feed_unknown.kql')
  standing_silent: loadTextContent('../kql/standing_silent.kql')
  parked_lanes: loadTextContent('../kql/parked_lanes.kql')
  throttled_share: loadTextContent('../kql/throttled_share.kql')
  sagas_stuck: loadTextContent('../kql/sagas_stuck.kql')
  sagas_need_attention: loadTextContent('../kql/sagas_need_attention.kql')
  unpublished_age: loadTextContent('../kql/unpublished_age.kql')
}
var namespaces = {
  cosmos: 'Microsoft.DocumentDB/databaseAccounts'
  eventHubs: 'Microsoft.EventHub/namespaces'
  plan: 'Microsoft.Web/serverfarms'
  site: 'Microsoft.Web/sites'
}

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: actionGroupName
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'orderflow'
    enabled: true
    emailReceivers: [for (email, i) in emails: {
      name: 'email-${i}'
      emailAddress: email
      useCommonAlertSchema: true
    }]
  }
}

resource logAlerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for alert in model.logAlerts: {
  name: '${prefix}-${alert.name}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: alert.name
    description: alert.description
    enabled: true
    severity: alert.severity
    scopes: [componentId]
    evaluationFrequency: alert.every
    windowSize: alert.window
    autoMitigate: true
    // The tables exist only after the first telemetry.
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: queries[alert.name]
          timeAggregation: 'Maximum'
          metricMeasureColumn: 'value'
          operator: alert.operator
          threshold: alert.threshold
          failingPeriods: {
            numberOfEvaluationPeriods: alert.periods
            minFailingPeriodsToAlert: alert.periods
          }
        }
      ]
    }
    actions: { actionGroups: [actionGroup.id] }
  }
}]

resource metricAlerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [for alert in model.metricAlerts: {
  name: '${prefix}-${alert.name}'
  location: 'global'
  tags: tags
  properties: {
    description: alert.description
    enabled: true
    severity: alert.severity
    scopes: [targets[alert.target]]
    evaluationFrequency: alert.every
    windowSize: alert.window
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: alert.name
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: namespaces[alert.target]
          metricName: alert.metric
          timeAggregation: alert.aggregation
          operator: alert.operator
          threshold: alert.threshold
          dimensions: alert.dimensions
        }
      ]
    }
    actions: [{ actionGroupId: actionGroup.id }]
  }
}]

output actionGroupId string = actionGroup.id
