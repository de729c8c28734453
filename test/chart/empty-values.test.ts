// Keys of a values file with nothing behind them, as they are left when what stood there is commented out.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crdsChart, refusal, render } from './sample-charts.ts'

const optional = [
  'affinity',
  'commonAnnotations',
  'commonLabels',
  'credentialNamespaces',
  'global',
  'hostNetwork',
  'imagePullSecrets',
  'podAnnotations',
  'podLabels',
  'priorityClassName',
  'pushUrl',
  'serviceAccount',
  'tolerations',
]
for (const name of optional) {
  test(`${name} without anything is as it is by itself`, async () => {
    assert.deepEqual(await render({ values: { [name]: null } }), await render())
  })
}

test('so it is in the chart of the definitions', async () => {
  const values = { commonLabels: null, commonAnnotations: null, global: null }
  assert.deepEqual(await render({ values, chart: crdsChart }), await render({ chart: crdsChart }))
})

const needed: readonly (readonly [object, string])[] = [
  [{ sidecar: null }, 'sidecar'],
  [{ images: null }, 'images'],
  [{ networkPolicy: null }, 'networkPolicy'],
  [{ monitoring: null }, 'monitoring'],
  [{ replicas: null }, 'replicas'],
  [{ ports: { webhook: null } }, 'webhook'],
  [{ networkPolicy: { enabled: true, apiServerPorts: null } }, 'apiServerPorts'],
  [{ images: { operator: { repository: null } } }, 'repository'],
]
for (const [values, name] of needed) {
  test(`${JSON.stringify(values)} is refused by its name`, async () => {
    assert.match(await refusal(values), new RegExp(`missing property '${name}'`))
  })
}
