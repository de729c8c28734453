import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  answered,
  callOf,
  compiledProvider,
  failureOf,
  openScene,
  openSender,
  readBody,
} from '../../test/support/provider-kit.ts'
import { respond, startScriptedProvider } from '../../test/support/scripted-provider.ts'
import { Confidential } from '../failure/confidential.ts'
import { Cancellation } from '../resilience/cancellation.ts'

const ok = respond({ json: { ok: true } })
const keyed = { credentials: { kind: 'env', name: 'KEY' } } as const
const environment = { KEY: 'sk-canary' }

test('sends what the call says and nothing of its own but three headers and the key', async t => {
  const { provider, call } = await openScene(t, { environment, server: { byDefault: ok } })
  const body = Buffer.from('{"model":"m"}')
  const answer = answered(await call({ provider: keyed, call: { body, headers: { 'openai-beta': 'x' } } }))
  assert.deepEqual(await readBody(answer.body).then(({ text, ending }) => ({ text, ending })), {
    text: '{"ok":true}',
    ending: 'end',
  })
  const [request] = provider.requests
  assert.equal(request?.rawHead.split('\r\n')[0], 'POST /chat/completions HTTP/1.1')
  assert.equal(request?.body, '{"model":"m"}')
  assert.deepEqual(request?.headers, {
    host: `127.0.0.1:${provider.port}`,
    connection: 'keep-alive',
    'content-type': 'application/json',
    'accept-encoding': 'identity',
    'user-agent': 'llm-fallback/0.0.0',
    'openai-beta': 'x',
    authorization: 'Bearer sk-canary',
    'content-length': '13',
  })
})

const joins: readonly (readonly [string, string])[] = [
  ['', '/chat/completions'],
  ['/v1', '/v1/chat/completions'],
  ['/team/a/v1', '/team/a/v1/chat/completions'],
  ['/v1/', '/v1/chat/completions'],
]
for (const [prefix, path] of joins) {
  test(`an endpoint with the path "${prefix}" is called at ${path}`, async t => {
    const { provider, sender } = await openScene(t, { server: { byDefault: ok } })
    const target = compiledProvider(`${provider.url}${prefix}`)
    answered(await sender.send(callOf(target), new Cancellation().signal))
    assert.equal(provider.requests[0]?.path, path)
  })
}

test('the provider’s fixed headers win over those of the call', async t => {
  const { provider, call } = await openScene(t, { server: { byDefault: ok } })
  const headers = [{ name: 'openai-beta', value: 'fixed' }]
  answered(await call({ provider: { headers }, call: { headers: { 'openai-beta': 'asked' } } }))
  assert.equal(provider.requests[0]?.headers['openai-beta'], 'fixed')
})

test('no fixed header stands in the place of the key', async t => {
  const { provider, call } = await openScene(t, { environment, server: { byDefault: ok } })
  const headers = [{ name: 'authorization', value: 'Bearer planted' }]
  answered(await call({ provider: { ...keyed, headers } }))
  assert.equal(provider.requests[0]?.headers['authorization'], 'Bearer sk-canary')
})

test('Anthropic’s key goes where its SDK puts it', async t => {
  const { provider, call } = await openScene(t, { environment, server: { byDefault: ok } })
  answered(await call({ provider: { ...keyed, dialect: 'Anthropic' } }))
  assert.equal(provider.requests[0]?.headers['x-api-key'], 'sk-canary')
  assert.equal(provider.requests[0]?.headers['authorization'], undefined)
})

test('the caller’s key goes only to a provider that asks for it', async t => {
  const { provider, call } = await openScene(t, { environment, server: { byDefault: ok } })
  const callerCredential = new Confidential('sk-caller')
  answered(await call({ call: { callerCredential } }))
  answered(await call({ provider: keyed, call: { callerCredential } }))
  answered(await call({ provider: { credentials: { kind: 'caller' } }, call: { callerCredential } }))
  assert.deepEqual(
    provider.requests.map(request => request.headers['authorization']),
    [undefined, 'Bearer sk-canary', 'Bearer sk-caller'],
  )
})

test('a missing key is a failure and no request', async t => {
  const { provider, call } = await openScene(t)
  const { kind, promptSent } = failureOf(await call({ provider: keyed }))
  assert.deepEqual({ kind, promptSent }, { kind: 'AuthFailed', promptSent: 'none' })
  assert.equal(provider.connections(), 0)
})

test('a redirect is an answer like any other: its target sees neither request nor key', async t => {
  const elsewhere = await startScriptedProvider({ byDefault: ok })
  t.after(() => elsewhere.close())
  const { provider, call } = await openScene(t, { environment })
  for (const status of [301, 302, 303, 307, 308]) {
    provider.script(respond({ status, headers: { location: `${elsewhere.url}/chat/completions` }, text: '' }))
    const answer = answered(await call({ provider: keyed }))
    assert.equal(answer.status, status)
    assert.equal(answer.headers['location'], undefined)
    await readBody(answer.body)
  }
  assert.equal(elsewhere.connections(), 0)
})

test('each provider gets its own key and never the other’s', async t => {
  const other = await startScriptedProvider({ byDefault: ok })
  t.after(() => other.close())
  const { provider, sender } = await openScene(t, {
    environment: { A: 'sk-a', B: 'sk-b' },
    server: { byDefault: ok },
  })
  const { signal } = new Cancellation()
  const ours = compiledProvider(provider.url, { key: 'a', credentials: { kind: 'env', name: 'A' } })
  const theirs = compiledProvider(other.url, { key: 'b', credentials: { kind: 'env', name: 'B' } })
  await Promise.all([ours, theirs, ours, theirs].map(target => sender.send(callOf(target), signal)))
  const keysAt = (at: typeof other) => at.requests.map(request => request.headers['authorization'])
  assert.deepEqual(keysAt(provider), ['Bearer sk-a', 'Bearer sk-a'])
  assert.deepEqual(keysAt(other), ['Bearer sk-b', 'Bearer sk-b'])
})

test('a call that no HTTP request can be made of is a failure, not an exception', async t => {
  const { call } = await openScene(t)
  const result = await call({ call: { headers: { 'x-broken': 'a\r\nb: c' } } })
  assert.equal(failureOf(result).promptSent, 'none')
})

test('an endpoint that nobody serves is a connection error before the prompt left', async t => {
  const gone = await startScriptedProvider()
  await gone.close()
  const result = await openSender(t).send(callOf(compiledProvider(gone.url)), new Cancellation().signal)
  const { kind, promptSent } = failureOf(result)
  assert.deepEqual({ kind, promptSent }, { kind: 'ConnectError', promptSent: 'none' })
})

test('a sender that was closed sends nothing more', async t => {
  const { provider, sender, call } = await openScene(t, { server: { byDefault: ok } })
  await readBody(answered(await call()).body)
  await sender.close()
  const known = provider.requests.length
  assert.equal(failureOf(await call()).kind, 'ConnectError')
  assert.equal(provider.requests.length, known)
})
