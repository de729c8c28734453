import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { chartNames, readCharts } from './read-charts.ts'
import { renderCrdTemplates } from './render-crd-templates.ts'
import { renderValuesPage } from './render-values-page.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')

test('the chart of the definitions holds what the language generates: run `npm run generate` after a change', () => {
  const folder = 'charts/llm-fallback-crds/templates'
  const rendered = renderCrdTemplates()
  const ours = readdirSync(new URL(folder, root)).filter(name => name.endsWith('.yaml'))
  assert.deepEqual(ours.sort(), rendered.map(({ name }) => name).sort())
  for (const { name, text } of rendered) {
    assert.ok(read(`${folder}/${name}`) === text, `${name} is out of date`)
  }
})

test('docs/chart-values.md lists what the schemas know: run `npm run generate` after a change', () => {
  assert.ok(read('docs/chart-values.md') === renderValuesPage(readCharts()), 'it is out of date')
})

test('a value without a description is not passed over in silence', () => {
  const schema = { properties: { size: { type: 'integer' } } }
  assert.throws(() => renderValuesPage([{ name: 'chart', schema, values: {} }]), /size has no description/)
})

test('charts and images have the version of the package', () => {
  const { version } = JSON.parse(read('package.json'))
  for (const name of chartNames) {
    const chart = parse(read(`charts/${name}/Chart.yaml`))
    assert.deepEqual([chart.version, chart.appVersion], [version, version], name)
  }
  const images = parse(parse(read('charts/llm-fallback/Chart.yaml')).annotations['artifacthub.io/images'])
  assert.deepEqual(
    images.map(({ image }: { image: string }) => image),
    ['operator', 'sidecar'].map(name => `ghcr.io/llm-fallback/${name}:${version}`),
  )
})
