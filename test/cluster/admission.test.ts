// Admission as people meet it: through kubectl and a real API server that asks the webhook.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { repositoryRoot } from '../support/child-process.ts'
import { type Cluster, startCluster } from '../support/cluster/start-cluster.ts'
import { eventually } from '../support/eventually.ts'
import {
  authoritySecretPath,
  type RunningAdmission,
  startAdmission,
  webhookBundle,
  webhookPath,
} from './sample-admission.ts'
import { operatorNamespace } from './sample-kube.ts'

const examples = join(repositoryRoot, 'crds/examples')
const apiVersion = 'llmfallback.io/v1alpha1'
let cluster: Cluster
let admission: RunningAdmission

before(async () => {
  cluster = await startCluster()
  await cluster.applyCrds()
  for (const name of [operatorNamespace, 'support', 'insurance', 'sales']) await cluster.createNamespace(name)
  admission = await startAdmission(cluster)
})
after(async () => {
  await admission?.stop()
  await cluster?.stop()
})

function apply(object: object, ...more: readonly string[]) {
  return cluster.kubectl({ input: JSON.stringify(object) }, 'apply', ...more, '-f', '-')
}

function policy(name: string, deadline: string, providers: readonly string[] = ['openai']): object {
  const chain = providers.map((provider, at) => ({
    name: `step-${at}`,
    target: { providerRef: { name: provider }, model: 'm' },
    timeout: { total: '1s' },
  }))
  const routes = [{ name: 'chat', limits: { deadline }, chain }]
  return { apiVersion, kind: 'FallbackPolicy', metadata: { name, namespace: 'support' }, spec: { routes } }
}

function constraints(maxDeadline: string): object {
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': 'support' } }
  return {
    apiVersion,
    kind: 'ClusterFallbackPolicy',
    metadata: { name: 'platform' },
    spec: { namespaceSelector, constraints: { maxDeadline } },
  }
}

const remove = (...parameters: readonly string[]) =>
  cluster.kubectl({}, 'delete', '--wait=true', ...parameters)

test('the quickstart applies', async () => {
  const { code, stderr } = await cluster.kubectl({}, 'apply', '-f', join(examples, 'quickstart'))
  assert.equal(code, 0, stderr)
})

test('what is allowed but hardly meant is printed by kubectl, line by line', async () => {
  const { code, stdout, stderr } = await apply(policy('warned', '30s', ['nobody', 'openai']))
  assert.equal(code, 0, stderr)
  assert.match(stdout, /fallbackpolicy.llmfallback.io\/warned created/)
  assert.match(
    stderr,
    /^Warning: spec\.routes\[0\]\.chain\[0\]\.target\.providerRef\.name: there is no LLMProvider/m,
  )
  assert.match(stderr, /in namespace support \(given "nobody"\)$/m)
  await remove('fbp', '-n', 'support', 'warned')
})

test('a Secret that may not be read is a warning on its provider', async () => {
  const { code, stderr } = await apply({
    apiVersion,
    kind: 'LLMProvider',
    metadata: { name: 'keyed', namespace: 'support' },
    spec: { dialect: 'OpenAI', credentials: { secretRef: { name: 'k', key: 'k' } } },
  })
  assert.equal(code, 0, stderr)
  assert.match(stderr, /Warning: .*may not read Secrets in namespace support/)
})

test('constraints warn about policies that break them, refuse new ones, and let labels through', async () => {
  assert.equal((await apply(policy('earlier', '45s'))).code, 0)
  await eventually('the operator has seen it', () =>
    admission.kube.readers.policies.find('support', 'earlier'),
  )
  const set = await apply(constraints('30s'))
  assert.equal(set.code, 0, set.stderr)
  assert.match(set.stderr, /Warning: spec\.constraints: FallbackPolicy support\/earlier breaks them/)
  await eventually('the operator has seen them', () =>
    admission.kube.readers.clusterPolicies.find('', 'platform'),
  )

  const refused = await apply(policy('later', '45s'))
  assert.equal(refused.code, 1)
  assert.match(
    refused.stderr,
    /The FallbackPolicy "later" is invalid: spec\.routes\[0\]\.limits\.deadline: ClusterFallbackPolicy platform allows at most 30s/,
  )
  assert.equal((await apply(policy('later', '30s'))).code, 0)
  const label = await cluster.kubectl({}, 'label', '-n', 'support', 'fbp/earlier', 'team=care')
  assert.equal(label.code, 0, label.stderr)
  assert.equal((await remove('fbp', '-n', 'support', 'earlier', 'later')).code, 0)
  assert.equal((await remove('cfbp', 'platform')).code, 0)
})

test('a webhook configuration that somebody edits is put right', async () => {
  const before = await webhookBundle(cluster)
  await cluster.adminExpect('PATCH', webhookPath, { webhooks: [] })
  const registered = async () =>
    (await webhookBundle(cluster).catch(() => '')) === before ? true : undefined
  await eventually('it is registered again', registered, 20_000)
})

test('the authority is rotated under a loop of applies without one failure', async () => {
  const first = await webhookBundle(cluster)
  let isRotating = true
  let applied = 0
  const failures: string[] = []
  const path = `/apis/${apiVersion}/namespaces/support/llmproviders/loop`
  const load = async () => {
    while (isRotating) {
      const body = {
        apiVersion,
        kind: 'LLMProvider',
        metadata: { name: 'loop' },
        spec: { dialect: 'OpenAI', endpoint: `https://n${applied}.example.com` },
      }
      const answer = await cluster.adminRequest('PATCH', `${path}?fieldManager=loop&force=true`, body, {
        contentType: 'application/apply-patch+yaml',
      })
      if (answer.status >= 300) failures.push(answer.text)
      applied += 1
      await new Promise(resolve => setTimeout(resolve, 5))
    }
  }
  const reviewedBefore = admission.events.filter(kind => kind === 'reviewed').length
  const loading = load()
  try {
    await cluster.adminExpect('DELETE', authoritySecretPath)
    await eventually(
      'the old authority is gone',
      () => admission.events.includes('previousDropped') || undefined,
      30_000,
    )
    await eventually('the API server trusts the new one alone', async () => {
      const bundle = await webhookBundle(cluster)
      return bundle === admission.certificates.bundle() && bundle !== first ? true : undefined
    })
    const settled = applied + 20
    await eventually('some more are applied', () => applied >= settled || undefined)
  } finally {
    isRotating = false
    await loading
  }
  assert.deepEqual(failures, [])
  assert.ok(applied > 50, `${applied} were applied`)
  assert.ok(admission.events.filter(kind => kind === 'reviewed').length >= reviewedBefore + applied)
})

test('every invalid example is refused by kubectl', async () => {
  for (const file of readdirSync(join(examples, 'invalid'))) {
    const { code, stderr } = await cluster.kubectl(
      {},
      'apply',
      '-n',
      'support',
      '-f',
      join(examples, 'invalid', file),
    )
    assert.equal(code, 1, file)
    assert.match(stderr, /is invalid|denied|error/i, file)
  }
})

/** Lets everything through to the webhook: what it alone would say. */
async function dropSchemas(): Promise<void> {
  const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  const version = { name: 'v1alpha1', served: true, storage: true, subresources: { status: {} } }
  for (const plural of [
    'fallbackpolicies',
    'clusterfallbackpolicies',
    'llmproviders',
    'clusterllmproviders',
  ]) {
    const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${plural}.llmfallback.io`
    await cluster.adminExpect('PATCH', path, {
      spec: { versions: [{ ...version, schema: { openAPIV3Schema } }] },
    })
  }
}

test('without the schema the webhook says the same of every invalid example: path and cure', async () => {
  await dropSchemas()
  for (const file of readdirSync(join(examples, 'invalid'))) {
    const path = join(examples, 'invalid', file)
    const [, field = '', cure = ''] = /^# ([^:]+): ([^(…\n]*)/.exec(readFileSync(path, 'utf8')) ?? []
    const refusedByWebhook = async () => {
      const { code, stderr } = await cluster.kubectl(
        {},
        'apply',
        '--validate=false',
        '-n',
        'support',
        '-f',
        path,
      )
      assert.equal(code, 1, file)
      // The API server takes a moment to forget the schema.
      return stderr.includes(`${field}: `) && stderr.includes(cure.trim()) ? true : undefined
    }
    await eventually(`${file} is refused with ${field}: ${cure}`, refusedByWebhook)
  }
})

test('with the operator gone edits are refused, labels and deletion are not', async () => {
  await admission.stop()
  const refused = await apply(policy('homeless', '30s'))
  assert.equal(refused.code, 1)
  assert.match(refused.stderr, /failed calling webhook "validate\.llmfallback\.io"/)
  const label = await cluster.kubectl({}, 'label', '-n', 'support', 'llmp/keyed', 'team=care')
  assert.equal(label.code, 0, label.stderr)
  assert.equal((await remove('llmp', '-n', 'support', 'keyed')).code, 0)
})
