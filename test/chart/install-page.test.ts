// docs/install.md: what it shows is what a cluster and the charts take.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { parse, parseAllDocuments } from 'yaml'
import { repositoryRoot } from '../support/child-process.ts'
import { type Cluster, startCluster } from '../support/cluster/start-cluster.ts'
import { isRecord, recordOf } from '../support/simulated-vendors/json.ts'
import { at, chart, crdsChart, render, version } from './sample-charts.ts'

const page = readFileSync(join(repositoryRoot, 'docs/install.md'), 'utf8')
let cluster: Cluster

before(async () => {
  cluster = await startCluster()
  await cluster.applyCrds()
  await cluster.createNamespace('shop')
})
after(() => cluster?.stop())

/** A block of the page, by the file name that its first line gives it. */
function block(name: string): string {
  const [, text] = new RegExp(`\`\`\`yaml\n# ${name}\n(.*?)\`\`\``, 's').exec(page) ?? []
  assert.ok(text !== undefined, `no block ${name}`)
  return text
}

/** Of every block of commands, one command a line. */
const commands = [...page.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, text = '']) => text.trim().split('\n'))

test('the policy and its providers apply', async () => {
  const { code, stdout, stderr } = await cluster.kubectl(
    { input: block('policy.yaml') },
    ...['apply', '--dry-run=server', '--validate=strict', '-f', '-'],
  )
  assert.equal(code, 0, stderr)
  assert.equal(stdout.trim().split('\n').length, 3)
})

for (const name of ['values.yaml', 'mirror.yaml', 'mesh.yaml']) {
  test(`${name} is taken by the chart`, async () => {
    assert.notDeepEqual(await render({ values: recordOf(parse(block(name))) }), [])
  })
}

test('what GitOps tools are told are values of the charts, in the version of the package', async () => {
  const objects = ['argo-cd.yaml', 'flux.yaml']
    .flatMap(name => parseAllDocuments(block(name)))
    .map((document): unknown => document.toJS())
    .filter(isRecord)
  const releases = objects.flatMap(object => {
    const argo = recordOf(at(object, 'spec.source'))
    const flux = recordOf(at(object, 'spec.chart.spec'))
    if (argo['chart']) {
      return [{ name: argo['chart'], version: argo['targetRevision'], values: at(argo, 'helm.valuesObject') }]
    }
    if (flux['chart'])
      return [{ name: flux['chart'], version: flux['version'], values: at(object, 'spec.values') }]
    return []
  })
  assert.equal(releases.length, 4)
  for (const { name, version: wanted, values } of releases) {
    assert.equal(wanted, version)
    const from = name === 'llm-fallback-crds' ? crdsChart : chart
    assert.notDeepEqual(await render({ values: recordOf(values), chart: from }), [])
  }
})

test('every command is one of kubectl or Helm, and names charts and files that are there', () => {
  assert.ok(commands.length > 15)
  for (const command of commands) {
    assert.match(command, /^(kubectl|helm) /)
    for (const [path] of command.matchAll(/(charts|dist)\/[\w./-]+/g)) {
      assert.doesNotThrow(
        () => readFileSync(join(repositoryRoot, path, path.endsWith('.yaml') ? '' : 'Chart.yaml')),
        command,
      )
    }
  }
})

test('every link within the page leads to a heading', () => {
  const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  )
  for (const [, target = ''] of page.matchAll(/\]\(#([\w-]+)\)/g)) {
    assert.ok(headings.includes(target), target)
  }
})
