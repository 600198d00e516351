// One page for whoever is on call.
param location string
param tags object
param componentId string

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(componentId, 'operations')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Orderflow operations'
    category: 'workbook'
    sourceId: componentId
    serializedData: loadTextContent('../workbooks/operations.json')
  }
}
