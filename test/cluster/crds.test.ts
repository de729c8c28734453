// The generated resource definitions on a real API server: that it takes them, and that it says what the language says.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { kinds } from '../../crds/generate/kinds.ts'
import { readAccepted, readRejected } from '../admission/read-fixtures.ts'
import { type ApiAnswer, type Cluster, startCluster } from '../support/cluster/start-cluster.ts'
import { recordOf, textOf } from '../support/simulated-vendors/json.ts'

const group = '/apis/llmfallback.io/v1alpha1'
const namespace = 'fixtures'
let cluster: Cluster

before(async () => {
  cluster = await startCluster()
  await cluster.applyCrds()
  await cluster.createNamespace(namespace)
})
after(() => cluster?.stop())

/** As strict as kubectl is by itself; nothing is kept. */
function tryToCreate(document: unknown): Promise<ApiAnswer> {
  const object = recordOf(document)
  const description = kinds.find(({ kind }) => kind === object['kind'])
  assert.ok(description, `a kind of ours, not ${object['kind']}`)
  const { plural, scope } = description
  const collection = scope === 'Cluster' ? plural : `namespaces/${namespace}/${plural}`
  return cluster.adminRequest(
    'POST',
    `${group}/${collection}?dryRun=All&fieldManager=test&fieldValidation=Strict`,
    object,
  )
}

function messageOf(answer: ApiAnswer): string {
  return textOf(answer.body['message']) ?? ''
}

test('every definition is established, structural and without a warning', async () => {
  for (const { plural } of kinds) {
    const crd = await cluster.adminExpect(
      'GET',
      `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${plural}.llmfallback.io`,
    )
    const conditions = recordOf(crd['status'])['conditions']
    const held = new Map(
      (Array.isArray(conditions) ? conditions : []).map(condition => {
        const { type, status } = recordOf(condition)
        return [type, status]
      }),
    )
    assert.equal(held.get('Established'), 'True', plural)
    assert.equal(held.get('NamesAccepted'), 'True', plural)
    assert.notEqual(held.get('NonStructuralSchema'), 'True', plural)
  }
})

test('everything that the language accepts is accepted', async () => {
  const accepted = readAccepted()
  const answers = await Promise.all(accepted.map(({ document }) => tryToCreate(document)))
  const refused = answers.flatMap((answer, index) =>
    answer.status === 201 ? [] : [`${accepted[index]?.name}: ${messageOf(answer)}`],
  )
  assert.deepEqual(refused, [])
})

for (const { name, document, layer, serverSays } of readRejected()) {
  if (layer === 'webhook') {
    test(`${name} is left to the webhook`, async () => {
      const answer = await tryToCreate(document)
      assert.equal(answer.status, 201, messageOf(answer))
    })
    continue
  }
  test(`${name} is refused by ${layer}, in words that name the field`, async () => {
    const answer = await tryToCreate(document)
    assert.ok(answer.status === 422 || answer.status === 400, `${answer.status} ${answer.text}`)
    const message = messageOf(answer)
    for (const words of serverSays) assert.ok(message.includes(words), message)
    assert.doesNotMatch(message, /canary/, 'a value that could be a secret is repeated')
    assert.doesNotMatch(message, /rule evaluation|failed rule|no such (key|overload)/, message)
  })
}

test('defaults are those of the language', async () => {
  const created = await tryToCreate({
    apiVersion: 'llmfallback.io/v1alpha1',
    kind: 'FallbackPolicy',
    metadata: { name: 'defaults' },
    spec: {
      routes: [
        { name: 'r', chain: [{ name: 'a', retry: {}, target: { providerRef: { name: 'p' }, model: 'm' } }] },
      ],
    },
  })
  assert.deepEqual(recordOf(created.body)['spec'], {
    mode: 'Enforce',
    priority: 0,
    routes: [
      {
        name: 'r',
        limits: { deadline: '60s', attempts: 6 },
        retryBudget: { percent: 20, minPerSecond: 3 },
        whenAllOpen: 'Fail',
        streaming: { onBreak: 'Terminate', keepAlive: '15s' },
        chain: [
          {
            name: 'a',
            retry: { attempts: 0, backoff: { initial: '100ms', factor: 5, max: '2s' } },
            target: {
              providerRef: { kind: 'LLMProvider', name: 'p' },
              model: 'm',
              requireParameters: false,
              allowDifferentEmbeddingSpace: false,
            },
          },
        ],
      },
    ],
  })
})

test('the largest policy is judged within the budget for rules', async () => {
  const times = {
    connect: '59m59s999ms',
    firstToken: '59m59s999ms',
    idle: '59m59s999ms',
    total: '59m59s999ms',
  }
  const chain = Array.from({ length: 16 }, (_, index) => ({
    name: `${'s'.repeat(60)}${index}`,
    ...(index === 0 ? {} : { when: ['RateLimited', 'Timeout', 'GuardrailBlocked'] }),
    target: { providerRef: { name: 'p'.repeat(63) }, model: 'm'.repeat(128) },
    timeout: times,
    retry: { backoff: { initial: '9s999ms', max: '59s999ms' } },
    circuitBreaker: { window: '59m59s', openFor: '59m59s' },
  }))
  const routes = Array.from({ length: 64 }, (_, index) => ({
    name: `${'r'.repeat(60)}${index}`,
    match: { headers: Array.from({ length: 16 }, (_, at) => ({ name: `x-${at}`, value: 'v'.repeat(64) })) },
    chain,
  }))
  const metadata = { name: 'largest' }
  const object = { apiVersion: 'llmfallback.io/v1alpha1', kind: 'FallbackPolicy', metadata, spec: { routes } }
  const answer = await tryToCreate(object)
  assert.equal(answer.status, 201, messageOf(answer))
})

test('entries of models may have owners of their own', async () => {
  const apply = (manager: string, model: object) =>
    cluster.adminExpect(
      'PATCH',
      `${group}/namespaces/${namespace}/llmproviders/shared?fieldManager=${manager}`,
      {
        apiVersion: 'llmfallback.io/v1alpha1',
        kind: 'LLMProvider',
        metadata: { name: 'shared' },
        spec: { dialect: 'OpenAI', models: [model] },
      },
      { contentType: 'application/apply-patch+yaml' },
    )
  await apply('people', { name: 'one', contextWindow: 1000 })
  const merged = await apply('prices', {
    name: 'two',
    price: { inputPerMillion: '1', outputPerMillion: '2' },
  })
  const models = recordOf(recordOf(merged)['spec'])['models']
  assert.deepEqual(
    (Array.isArray(models) ? models : []).map(model => recordOf(model)['name']),
    ['one', 'two'],
  )
})
