// The resource definitions as people meet them: what kubectl explains, lists and refuses.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { kinds } from '../../crds/generate/kinds.ts'
import { repositoryRoot } from '../support/child-process.ts'
import { type Cluster, startCluster } from '../support/cluster/start-cluster.ts'

const group = '/apis/llmfallback.io/v1alpha1'
let cluster: Cluster

before(async () => {
  cluster = await startCluster()
  await cluster.applyCrds()
  for (const name of ['support', 'insurance']) await cluster.createNamespace(name)
})
after(() => cluster?.stop())

async function kubectl(...parameters: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await cluster.kubectl({}, ...parameters)
  assert.equal(code, 0, stderr)
  return stdout
}

test('kinds have short names and a category', async () => {
  const resources = await kubectl('api-resources', '--api-group=llmfallback.io', '--no-headers')
  assert.deepEqual(
    resources
      .trim()
      .split('\n')
      .map(line => line.split(/ +/).slice(0, 2).join(' '))
      .sort(),
    kinds.map(({ plural, shortName }) => `${plural} ${shortName}`).sort(),
  )
  const inCategory = await kubectl('api-resources', '--categories=llm-fallback', '-o', 'name')
  assert.equal(inCategory.trim().split('\n').length, kinds.length)
})

test('kubectl explain shows the steps of a chain', async () => {
  const chain = await kubectl('explain', 'fbp.spec.routes.chain')
  assert.match(chain, /Steps in order; the first one is entered by the request\./)
  assert.match(chain, /name\t<string> -required-\n +Name of the step/)
  assert.match(chain, /hedge\t<Object>\n +Not supported yet: refused\./)
  // kubectl shows the values of an enum, but not those of a list of enums.
  assert.match(await kubectl('explain', 'fbp.spec.routes.chain.when'), /One of RateLimited, QuotaExhausted,/)
  const timeout = await kubectl('explain', 'fallbackpolicies.spec.routes.chain.timeout.connect')
  assert.match(timeout, /Until the connection stands/)
})

test('the quickstart applies, and one line tells whether it is live', async () => {
  await kubectl('apply', '-f', join(repositoryRoot, 'crds/examples/quickstart/policy.yaml'))
  await setStatus('fallbackpolicies/copilot', {
    observedGeneration: 1,
    live: '3/3',
    pods: { matched: 3, programmed: 3, rejected: 0, stale: 0, notInjected: 0 },
    conditions: [condition('Accepted'), condition('Programmed')],
  })
  await setStatus('llmproviders/openai', { conditions: [condition('ResolvedRefs'), condition('Healthy')] })
  const policies = await kubectl('get', 'fbp', '-n', 'support')
  assert.match(policies, /^NAME +ACCEPTED +PROGRAMMED +LIVE +AGE\ncopilot +True +True +3\/3 +\d+s\n$/)
  const wide = await kubectl('get', 'fbp', '-n', 'support', '-o', 'wide')
  assert.match(wide, /^NAME +ACCEPTED +PROGRAMMED +LIVE +REASON +RESOLVED +CONFLICTED +MODE +PRIORITY +AGE\n/)
  const providers = await kubectl('get', 'llmp', '-n', 'support')
  assert.match(providers, /^NAME +DIALECT +REGION +RESOLVED +HEALTHY +AGE\n/)
  assert.match(providers, /\nopenai +OpenAI +us-east-1 +True +True +\d+s\n/)
})

function condition(type: string): object {
  const lastTransitionTime = '2026-01-31T12:00:00Z'
  return { type, status: 'True', reason: type, message: 'Well.', observedGeneration: 1, lastTransitionTime }
}

/** As the operator writes it: server-side apply of the status alone. */
async function setStatus(path: string, status: object): Promise<void> {
  const kind = path.startsWith('llmproviders') ? 'LLMProvider' : 'FallbackPolicy'
  const name = path.split('/')[1]
  await cluster.adminExpect(
    'PATCH',
    `${group}/namespaces/support/${path}/status?fieldManager=llm-fallback&force=true&fieldValidation=Strict`,
    { apiVersion: 'llmfallback.io/v1alpha1', kind, metadata: { name }, status },
    { contentType: 'application/apply-patch+yaml' },
  )
}

for (const name of ['downgrade-on-429', 'every-dialect', 'regulated-eu']) {
  test(`the example ${name} applies whole`, async () => {
    const file = join(repositoryRoot, `crds/examples/${name}/policy.yaml`)
    const applied = await cluster.kubectl({}, 'apply', '--dry-run=server', '-f', file)
    assert.equal(applied.code, 0, applied.stderr)
    assert.match(applied.stdout, /^fallbackpolicy\.llmfallback\.io\/\S+ created/m)
  })
}

test('the example of a cluster policy applies', async () => {
  const file = join(repositoryRoot, 'crds/examples/cluster-policy/policy.yaml')
  assert.match(await kubectl('apply', '--dry-run=server', '-f', file), /^clusterfallbackpolicy\.\S+ created/m)
})

const invalid = join(repositoryRoot, 'crds/examples/invalid')
/** What only the webhook, which is not registered here, refuses. */
const leftToWebhook = ['cluster-breaks-own-constraint.yaml']

for (const file of readdirSync(invalid).filter(name => !leftToWebhook.includes(name))) {
  test(`examples/invalid/${file} is refused, in words that name the field`, async () => {
    const { code, stderr } = await cluster.kubectl(
      {},
      'create',
      '--dry-run=server',
      '-f',
      join(invalid, file),
    )
    assert.notEqual(code, 0)
    const [, path = ''] = /^# ([^:]+):/.exec(readFileSync(join(invalid, file), 'utf8')) ?? []
    // What depends on the position in a list is reported on the list.
    const list = path.replace(/(\[\d+\])?(\.\w+)?$/, '')
    assert.ok(stderr.includes(path) || stderr.includes(list), stderr)
  })
}
