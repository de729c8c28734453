// People who may write in a namespace, and programs that run in it, and who want the key that is not theirs.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { askChat, chatText } from '../support/ask.ts'
import type { PodSidecar } from '../support/cluster/start-pod-sidecar.ts'
import { eventually } from '../support/eventually.ts'
import { recordOf, recordsOf } from '../support/simulated-vendors/json.ts'
import { type Custody, openCustody, servedAt } from './sample-custody.ts'
import { crdGroup, shop } from './sample-roles.ts'

type Fields = Readonly<Record<string, unknown>>

let custody: Custody
let sidecar: PodSidecar
/** What somebody's own server was shown. */
const shown: string[] = []
const thief = createServer(({ headers }, response) => {
  shown.push(headers.authorization ?? 'nothing')
  response.writeHead(401).end()
})
let thiefUrl: string

before(async () => {
  custody = await openCustody()
  thief.listen(0, '127.0.0.1')
  await once(thief, 'listening')
  const address = thief.address()
  assert.ok(typeof address === 'object' && address !== null)
  thiefUrl = `http://127.0.0.1:${address.port}/v1`
  await custody.createPod('good')
  sidecar = await custody.startSidecar('good')
  await servedAt(sidecar, 'vendor')
})
after(async () => {
  thief.close()
  await custody?.stop()
})

const apply = (kind: string, name: string, spec: object) =>
  custody.stage.apply({
    apiVersion: 'llmfallback.io/v1alpha1',
    kind,
    metadata: { namespace: shop, name },
    spec,
  })

/** A copy of a pod that was injected, with something about its spec that is not. */
async function forge(name: string, change: (spec: Fields) => Fields): Promise<void> {
  const { cluster } = custody.stage
  const { spec } = await cluster.adminExpect('GET', `/api/v1/namespaces/${shop}/pods/good`)
  // So that the webhook does not judge it: whoever gets round it is judged all the same.
  const labels = { 'llmfallback.io/inject': 'false' }
  await custody.createPod(name, { labels, spec: change(recordOf(spec)) })
}

const changeSidecar = (change: (sidecar: Fields) => Fields) => (spec: Fields) => ({
  ...spec,
  initContainers: recordsOf(spec['initContainers']).map(change),
})

test('a policy that names the token of the sidecar as a key does not get it', async () => {
  const folder = join(custody.stage.cluster.folder, 'pods', sidecar.pod.uid)
  const paths = [join(folder, 'token'), `/proc/self/root${folder}/token`, `${folder}/state/../token`]
  const chain = []
  for (const [index, path] of paths.entries()) {
    await apply('LLMProvider', `thief-${index}`, {
      dialect: 'OpenAI',
      endpoint: thiefUrl,
      credentials: { file: { path } },
    })
    chain.push({
      name: `theft-${index}`,
      target: { providerRef: { name: `thief-${index}` }, model: 'm' },
      ...(index > 0 && { when: ['AuthFailed'] }),
    })
  }
  chain.push({ name: 'end', when: ['AuthFailed'], manual: { text: 'not stolen' } })
  const routes = [{ name: 'theft', match: { models: ['steal'] }, chain }]
  await apply('FallbackPolicy', 'theft', {
    priority: 10,
    routes: [...routes, ...(await routesOfAssistant())],
  })
  await eventually('the policy is live', async () => {
    const answer = await askChat(sidecar.url, { model: 'steal' })
    return (answer.status === 200 && chatText(answer) === 'not stolen') || undefined
  })
  assert.deepEqual(shown, [])
  await custody.stage.cluster.adminExpect('DELETE', `${crdGroup}/namespaces/${shop}/fallbackpolicies/theft`)
})

async function routesOfAssistant(): Promise<readonly unknown[]> {
  const path = `${crdGroup}/namespaces/${shop}/fallbackpolicies/assistant`
  const { spec } = await custody.stage.cluster.adminExpect('GET', path)
  return recordsOf(recordOf(spec)['routes'])
}

const forgeries: Readonly<Record<string, readonly [string, (spec: Fields) => Fields]>> = {
  'is told another operator': [
    'SidecarVariables',
    changeSidecar(one => ({
      ...one,
      env: recordsOf(one['env']).map(variable =>
        variable['name'] === 'LLM_FALLBACK_OPERATOR_URL'
          ? { ...variable, value: 'https://operator.evil.svc:8443' }
          : variable,
      ),
    })),
  ],
  'has the operator at another address': [
    'OperatorRedirected',
    spec => ({
      ...spec,
      hostAliases: [{ ip: '192.0.2.7', hostnames: ['llm-fallback.llm-fallback-system.svc'] }],
    }),
  ],
  'trusts a key of the ConfigMap that the operator does not keep': [
    'SidecarMounts',
    spec => ({
      ...spec,
      volumes: recordsOf(spec['volumes']).map(volume =>
        volume['name'] === 'llm-fallback-identity'
          ? JSON.parse(JSON.stringify(volume).replace('"key":"ca.crt"', '"key":"mine"'))
          : volume,
      ),
    }),
  ],
  'has a privileged container beside it': [
    'NodeAccess',
    spec => ({
      ...spec,
      containers: recordsOf(spec['containers']).map(one => ({
        ...one,
        securityContext: { privileged: true },
      })),
    }),
  ],
}
for (const [index, [what, [code, change]]] of Object.entries(forgeries).entries()) {
  test(`a copy of an injected pod that ${what} gets no key`, async () => {
    const name = `forged-${index}`
    await forge(name, change)
    await servedAt(await custody.startSidecar(name), 'sorry')
    const event = await eventually(`${name} is told of`, async () =>
      (await custody.eventsOn(name)).find(({ reason }) => reason === 'CredentialsWithheld'),
    )
    assert.match(event.note, new RegExp(code))
  })
}

const containers = [{ name: 'app', image: 'app:1' }]
const wicked: Readonly<Record<string, readonly [string, Fields]>> = {
  'is privileged': [
    'securityContext.privileged',
    { containers: [{ name: 'app', image: 'app:1', securityContext: { privileged: true } }] },
  ],
  'mounts what the kubelet holds': [
    'the hostPath /var/lib/kubelet',
    {
      volumes: [{ name: 'all', hostPath: { path: '/var/lib/kubelet' } }],
      containers: [{ name: 'app', image: 'app:1', volumeMounts: [{ name: 'all', mountPath: '/all' }] }],
    },
  ],
  'says where the operator is': [
    'spec.hostAliases',
    {
      hostAliases: [{ ip: '192.0.2.1', hostnames: ['llm-fallback.llm-fallback-system.svc'] }],
      containers,
    },
  ],
}
for (const [what, [words, spec]] of Object.entries(wicked)) {
  test(`a pod that ${what} is refused with a sentence`, async () => {
    const { status, text } = await custody.stage.cluster.adminRequest(
      'POST',
      `/api/v1/namespaces/${shop}/pods`,
      { metadata: { generateName: 'wicked-' }, spec },
    )
    assert.equal(status, 422)
    assert.ok(text.includes(words), text)
    assert.match(text, /label it llmfallback\.io\/inject=/)
  })
}
