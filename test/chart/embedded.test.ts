// Both charts inside a chart of somebody else, who gives them another name, switches them, and shares values with them.
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { recordOf, textOf } from '../support/simulated-vendors/json.ts'
import { at, chart, crdsChart, helm, podOf, render, version } from './sample-charts.ts'

const alias = 'fallbackForEveryCallOfALanguageModelThatAnybodyInThisCompanyMakes'

/** Its folder. Values are those of the chart, not of a user: of these Helm removes no default by null. */
function embed(values: object): string {
  const folder = join(helm.home, 'platform')
  mkdirSync(join(folder, 'charts'), { recursive: true })
  cpSync(chart, join(folder, 'charts/llm-fallback'), { recursive: true })
  cpSync(crdsChart, join(folder, 'charts/llm-fallback-crds'), { recursive: true })
  const dependencies = [
    { name: 'llm-fallback-crds', version, condition: 'llm-fallback-crds.enabled' },
    { name: 'llm-fallback', version, alias, condition: `${alias}.enabled` },
  ].map(one => ({ ...one, repository: `file://charts/${one.name}` }))
  const about = { apiVersion: 'v2', name: 'platform', version: '1.0.0', dependencies }
  writeFileSync(join(folder, 'Chart.yaml'), JSON.stringify(about))
  writeFileSync(join(folder, 'values.yaml'), JSON.stringify(values))
  return folder
}

test('under a long name, with shared values and a user that the cluster chooses', async () => {
  const objects = await render({
    chart: embed({
      global: { storageClass: 'fast', imageRegistry: 'mirror.example', imagePullSecrets: ['mirror'] },
      'llm-fallback-crds': { enabled: true },
      [alias]: { enabled: true, runAsUser: '', imagePullSecrets: ['mirror'] },
    }),
  })
  const pod = podOf(objects)
  assert.equal(at(pod, 'containers.0.image'), `mirror.example/llm-fallback/operator:${version}`)
  assert.deepEqual(at(pod, 'imagePullSecrets'), [{ name: 'mirror' }])
  assert.equal(at(pod, 'securityContext.runAsUser'), undefined)
  const labels = objects.flatMap(object => Object.values(recordOf(at(object, 'metadata.labels'))))
  const bad = labels.filter(label => !/^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/.test(textOf(label) ?? ''))
  assert.deepEqual(bad, [])
})

test('its conditions leave either out', async () => {
  const kinds = async (definitions: boolean, operator: boolean) => {
    const values = { 'llm-fallback-crds': { enabled: definitions }, [alias]: { enabled: operator } }
    return (await render({ chart: embed(values) })).map(({ kind }) => kind)
  }
  assert.deepEqual(await kinds(false, false), [])
  assert.deepEqual(new Set(await kinds(true, false)), new Set(['CustomResourceDefinition']))
  assert.ok(!(await kinds(false, true)).includes('CustomResourceDefinition'))
})
