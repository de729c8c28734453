// docs/operate.md: every question that can be put to an API server, an operator or a sidecar is put to real ones.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { commandsOf, readPage } from '../architecture/read-pages.ts'
import { writeKeys, writePolicy, writeProviders } from '../demo-cluster/manifests.ts'
import { openStage, podNames, type Stage } from '../demo-cluster/stage.ts'
import { namespace, render } from './sample-charts.ts'

const silent = { say: () => undefined, showCommand: () => undefined, showOutput: () => undefined }
let stage: Stage

before(async () => {
  stage = await openStage(silent)
  const { cluster } = stage
  const credentialNamespaces = [{ namespace: 'shop', secrets: ['vendor-keys'] }]
  await apply({ items: await render({ values: { credentialNamespaces } }) })
  await apply({ items: [workload] })
  const endpoints = { openai: stage.openai.baseUrl, anthropic: stage.anthropic.baseUrl }
  const manifests = [writeKeys(stage.firstKeys), writeProviders(endpoints), writePolicy({ first: 'openai' })]
  const { code, stderr } = await cluster.kubectl({ input: manifests.join('---\n') }, 'apply', '-f', '-')
  assert.equal(code, 0, stderr)
  const wait = ['wait', '--for=condition=Programmed', 'fbp/assistant', '-n', 'shop', '--timeout=60s']
  assert.equal((await cluster.kubectl({}, ...wait)).code, 0)
})
after(() => stage?.close())

const container = { name: 'app', image: 'registry.example/app' }
const workload = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'assistant', namespace: 'shop' },
  spec: {
    selector: { matchLabels: { app: 'a' } },
    template: { metadata: { labels: { app: 'a' } }, spec: { containers: [container] } },
  },
}

async function apply(list: { readonly items: readonly object[] }): Promise<void> {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', ...list })
  const { code, stderr } = await stage.cluster.kubectl({ input }, 'apply', '--server-side', '-f', '-')
  assert.equal(code, 0, stderr)
}

/** Each once: a Deployment is restarted once a second at most. */
const commands = [...new Set(commandsOf(readPage('docs/operate.md')))]

/** As a shell parts it, up to the first pipe. */
function wordsOf(command: string): readonly string[] {
  const words: readonly string[] = command.match(/(?:[^\s'"]+|'[^']*'|"[^"]*")+/g) ?? []
  const end = words.indexOf('|')
  return words
    .slice(0, end === -1 ? words.length : end)
    .map(word => word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, one, other) => one ?? other))
}

const isPage = (command: string) => /\/proxy\/|^curl \S+:(8080|8788)\//.test(command)
/** They need a node, which `npm run test:node` has. */
const needsNode = /^(kubectl (logs|port-forward)|curl|helm) /

/** What only controllers and kubelets make. */
const isOfNode = /^kubectl get (events|pods -n llm-fallback-system)/

test('every page of an operator or a sidecar is there', async () => {
  const [operator] = stage.service.operators()
  const [sidecar] = stage.sidecars
  assert.ok(operator && sidecar)
  const asked = commands.filter(isPage)
  assert.ok(asked.length >= 8)
  for (const command of asked) {
    const [, port = '', page = ''] = /:(8080|8788)(?:\/proxy)?\/(\S+)/.exec(command) ?? []
    const url: string = port === '8080' ? operator.adminUrl : sidecar.adminUrl
    assert.equal((await fetch(`${url}/${page}`)).status, 200, command)
  }
})

test('the address of the account of all pods is that of the chart’s Service', async () => {
  const path = /--raw (\S+\/services\/\S+?):(\d+)\/proxy\/fleet/.exec(commands.join('\n'))
  const service = await stage.cluster.adminExpect('GET', path?.[1] ?? '')
  assert.match(JSON.stringify(service), new RegExp(`"name":"admin".*"port":${path?.[2]}\\b`))
})

for (const command of commands.filter(one => !isPage(one) && !needsNode.test(one))) {
  test(`${command.slice(0, 100)} is taken`, async () => {
    const words = wordsOf(command).map(word => (word === 'POD' ? podNames[0] : word))
    assert.equal(words[0], 'kubectl')
    const { code, stdout, stderr } = await stage.cluster.kubectl({}, ...words.slice(1))
    // A "no" is an answer too.
    if (words[1] === 'auth') assert.match(stdout, /^(yes|no)\n$/)
    else assert.equal(code, 0, stderr)
    if (words[1] === 'get' && !isOfNode.test(command)) assert.notEqual(stdout, '')
  })
}

test('commands of Helm name the releases and the namespace of the installation', () => {
  for (const command of commands.filter(one => one.startsWith('helm '))) {
    assert.match(command, /^helm (upgrade|rollback) (llm-fallback|llm-fallback-crds) /)
    assert.ok(command.includes(` -n ${namespace}`), command)
  }
})
