// A key goes to the sidecar of a pod in which nobody else can take it, is withdrawn when that changes, and all of it is told.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { repositoryRoot } from '../support/child-process.ts'
import { eventually } from '../support/eventually.ts'
import { recordOf, recordsOf, textOf } from '../support/simulated-vendors/json.ts'
import { apiKey, type Custody, image, openCustody, servedAt } from './sample-custody.ts'
import { crdGroup, shop } from './sample-roles.ts'

/** After a start the operator gives pods a quarter of a minute to come back before a status speaks of their silence. */
const toldWithinMs = 45_000

let custody: Custody

before(async () => {
  custody = await openCustody()
})
after(() => custody?.stop())

function eventOn(pod: string, reason: string) {
  return eventually(`the event ${reason} on ${pod}`, async () => {
    return (await custody.eventsOn(pod)).find(event => event.reason === reason)
  })
}

function fleetSays(pod: string, words: RegExp) {
  return eventually(`/fleet says ${words} of ${pod}`, async () => {
    const entry = (await custody.operator().fleet()).find(one => one['pod'] === pod)
    return words.test(textOf(entry?.['message']) ?? '') ? entry : undefined
  })
}

/** `status reason: message` of the policy's condition `Programmed`. */
function programmedSays(words: RegExp) {
  return eventually(
    `the policy says ${words}`,
    async () => {
      const { body } = await custody.stage.cluster.adminRequest(
        'GET',
        `${crdGroup}/namespaces/${shop}/fallbackpolicies/assistant`,
      )
      const conditions = recordsOf(recordOf(body['status'])['conditions'])
      const one = conditions.find(({ type }) => type === 'Programmed')
      const text = `${one?.['status']} ${one?.['reason']}: ${one?.['message']}`
      return words.test(text) ? text : undefined
    },
    toldWithinMs,
  )
}

const asked = () => custody.vendor.asked.length

test('an injected pod gets the key, and an event says that it was injected', async () => {
  await custody.createPod('sound')
  const sidecar = await custody.startSidecar('sound')
  await servedAt(sidecar, 'vendor')
  assert.equal((await eventOn('sound', 'Injected')).type, 'Normal')
  await programmedSays(/^True Programmed: live in 1 of 1 pod$/)
  const { state, message } = (await custody.operator().fleet()).find(one => one['pod'] === 'sound') ?? {}
  assert.deepEqual({ state, message }, { state: 'programmed', message: '' })
})

test('with a debugger at the sidecar the key is withdrawn at once, and the chain goes on without it', async () => {
  await custody.createPod('debugged')
  const sidecar = await custody.startSidecar('debugged')
  await servedAt(sidecar, 'vendor')
  const before = Date.now()
  const container = { name: 'look', image: 'registry.invalid/shell:1', targetContainerName: 'llm-fallback' }
  await custody.patchPod('debugged', { spec: { ephemeralContainers: [container] } }, '/ephemeralcontainers')
  await servedAt(sidecar, 'sorry')
  assert.ok(Date.now() - before < 5_000)
  const askedBefore = asked()
  await servedAt(sidecar, 'sorry')
  assert.equal(asked(), askedBefore)
  const { state } = await fleetSays('debugged', /gets no provider keys: SidecarDebugged/)
  assert.equal(state, 'programmed')
  assert.equal((await eventOn('debugged', 'CredentialsWithheld')).type, 'Warning')
  await programmedSays(
    /^True PartiallyProgrammed: .*1 pod without provider keys, of these shop\/debugged: Sidecar/,
  )
})

test('a sidecar that comes back later does not get it either', async () => {
  await custody.restartOperator()
  const sidecar = await custody.startSidecar('debugged')
  await servedAt(sidecar, 'sorry')
})

test('another program in the place of the sidecar loses the key for good: it may have kept the token', async () => {
  await custody.createPod('replaced')
  const sidecar = await custody.startSidecar('replaced')
  await servedAt(sidecar, 'vendor')
  const runs = (name: string) =>
    custody.patchPod('replaced', { spec: { initContainers: [{ name: 'llm-fallback', image: name }] } })
  // An earlier version of ours is as good.
  await runs(`${image}:0.9.0`)
  await runs('registry.invalid/somebody/else:1.0.0')
  await servedAt(sidecar, 'sorry')
  await fleetSays('replaced', /gets no provider keys: SidecarImage/)
  await runs(`${image}:1.0.0`)
  await fleetSays('replaced', /SidecarImage.* until the pod is replaced/)
  await servedAt(sidecar, 'sorry')
})

test('a token that somebody had made for a pod without our container opens no key', async () => {
  await custody.createPod('forged', { labels: { 'llmfallback.io/inject': 'false' } })
  const sidecar = await custody.startSidecar('forged')
  await servedAt(sidecar, 'sorry')
  await fleetSays('forged', /gets no provider keys: SidecarMissing/)
  assert.equal((await eventOn('forged', 'InjectionSkipped')).note, 'llm-fallback was not injected: OptedOut')
  assert.equal((await eventOn('forged', 'CredentialsWithheld')).type, 'Warning')
})

test('a key that the app has itself, and an address that it keeps, are told by name', async () => {
  const env = [
    { name: 'OPENAI_API_KEY', value: 'sk-of-the-app' },
    { name: 'OPENAI_BASE_URL', value: 'https://elsewhere.example/v1' },
  ]
  await custody.createPod('careless', {
    spec: { containers: [{ name: 'app', image: 'registry.invalid/none:1', env }] },
  })
  assert.match((await eventOn('careless', 'KeyInAppContainer')).note, /\(app\/OPENAI_API_KEY\)/)
  assert.match((await eventOn('careless', 'VariablesKept')).note, /app\/OPENAI_BASE_URL/)
  const told = JSON.stringify(await custody.eventsOn('careless'))
  assert.ok(!told.includes('sk-of-the-app') && !told.includes('elsewhere'))
})

test('a new leader tells nothing twice', async () => {
  const names = ['sound', 'debugged', 'forged', 'careless']
  const count = async () => (await Promise.all(names.map(name => custody.eventsOn(name)))).flat().length
  const before = await count()
  await custody.restartOperator()
  // What this leader has to tell comes after what there was to tell before.
  await eventually('its webhook is registered', () =>
    custody.createPod('late').then(
      () => true,
      () => undefined,
    ),
  )
  await eventOn('late', 'Injected')
  await fleetSays('debugged', /gets no provider keys/)
  assert.equal(await count(), before)
})

test('pods of an opted-in namespace that have no sidecar are counted, and the status says what to do', async () => {
  await programmedSays(/without a sidecar .*restart the workload/)
})

test('the key stands in no event, status or log line', async () => {
  const { cluster } = custody.stage
  const events = await cluster.adminExpect('GET', `/apis/events.k8s.io/v1/namespaces/${shop}/events`)
  const policies = await cluster.adminExpect('GET', `${crdGroup}/fallbackpolicies`)
  const log = custody.operator().logLines()
  assert.ok(!JSON.stringify([events, policies, log]).includes(apiKey))
})

/** Fenced blocks of docs/security.md. */
const blocksOf = (page: string, language: string) =>
  [...page.matchAll(/```(\w+)\n([\s\S]*?)```/g)].flatMap(([, name, text = '']) =>
    name === language ? [text] : [],
  )
const page = readFileSync(join(repositoryRoot, 'docs/security.md'), 'utf8')

test('the commands of the page on security work', async () => {
  const lines = blocksOf(page, 'sh').flatMap(block => block.trim().split('\n'))
  // A Service needs a node to lead to.
  const commands = lines.filter(line => !line.includes('/proxy/'))
  assert.ok(commands.length >= 4)
  for (const command of commands) {
    const [program, ...parameters] = command.split(' ')
    assert.equal(program, 'kubectl')
    const { stdout, stderr } = await custody.stage.cluster.kubectl({}, ...parameters)
    assert.doesNotMatch(stderr, /error|unknown|forbidden/i, command)
    assert.notEqual(stdout, '', command)
  }
})

test('the policies on that page are accepted', async () => {
  for (const manifest of blocksOf(page, 'yaml')) {
    const { code, stderr } = await custody.stage.cluster.kubectl({ input: manifest }, 'apply', '-f', '-')
    assert.equal(code, 0, stderr)
  }
})

test('one keeps everybody out of the sidecar, and nobody out of the app', async () => {
  const { cluster } = custody.stage
  const enter = async (container: string) => {
    const pod = `/api/v1/namespaces/${shop}/pods/sound`
    return (await cluster.adminRequest('POST', `${pod}/exec?container=${container}&command=id&stdout=true`))
      .text
  }
  await eventually(
    'the policy bites',
    async () => (await enter('llm-fallback')).includes('holds provider keys') || undefined,
  )
  assert.ok(!(await enter('app')).includes('holds provider keys'))
})

test('one leaves it to the operator to say whom sidecars trust', async () => {
  const { cluster } = custody.stage
  const pathIn = (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps/llm-fallback-ca`
  const somebodyElse = { metadata: { labels: { mine: 'yes' } }, data: { 'ca.crt': 'mine' } }
  await eventually('the policy bites', async () => {
    const { text } = await cluster.adminRequest('PATCH', pathIn(shop), somebodyElse)
    return text.includes('only the operator writes it') || undefined
  })
  await cluster.createNamespace('later', { 'llmfallback.io/injection': 'enabled' })
  const created = await cluster.adminRequest('POST', '/api/v1/namespaces/later/configmaps', {
    ...somebodyElse,
    metadata: { name: 'llm-fallback-ca' },
  })
  assert.notEqual(created.status, 201)
  await eventually('the operator writes it there', async () => {
    const { body } = await cluster.adminRequest('GET', pathIn('later'))
    return String(recordOf(body['data'])['ca.crt']).includes('BEGIN CERTIFICATE') || undefined
  })
  const others = await cluster.adminRequest('POST', '/api/v1/namespaces/later/configmaps', {
    ...somebodyElse,
    metadata: { name: 'another' },
  })
  assert.equal(others.status, 201)
})
