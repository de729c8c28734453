import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DialectName } from '../../crds/vocabulary.ts'
import { answered, failureOf, openScene } from '../../test/support/provider-kit.ts'
import { respond } from '../../test/support/scripted-provider.ts'

const ok = respond({ json: { ok: true } })
const credentials = { kind: 'env', name: 'KEY' } as const
const server = { byDefault: ok }

const shown: readonly (readonly [DialectName, string, string])[] = [
  ['OpenAI', 'authorization', 'Bearer key-canary'],
  ['AzureOpenAI', 'api-key', 'key-canary'],
  ['Anthropic', 'x-api-key', 'key-canary'],
  ['Gemini', 'x-goog-api-key', 'key-canary'],
  ['Bedrock', 'authorization', 'Bearer key-canary'],
]

for (const [dialect, header, value] of shown) {
  test(`${dialect} gets its key as ${header}, and nowhere else`, async t => {
    const { provider, call } = await openScene(t, { environment: { KEY: 'key-canary' }, server })
    answered(await call({ provider: { dialect, credentials } }))
    const [request] = provider.requests
    assert.equal(request?.headers[header], value)
    assert.equal(request?.rawHead.split('key-canary').length, 2)
  })
}

const pair = JSON.stringify(
  { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' },
  null,
  2,
)

test('a pair of AWS keys signs the request that goes out', async t => {
  const { provider, call } = await openScene(t, { environment: { KEY: pair }, server })
  const more = { dialect: 'Bedrock', region: 'eu-west-1', credentials } as const
  const body = Buffer.from('{"messages":[]}')
  answered(await call({ provider: more, call: { body, path: '/model/us.m%3A0/converse' } }))
  const [request] = provider.requests
  assert.match(
    request?.headers['authorization'] ?? '',
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/bedrock\/aws4_request, SignedHeaders=\S*host\S*, Signature=[0-9a-f]{64}$/,
  )
  assert.equal(request?.headers['x-amz-security-token'], 'token')
  assert.match(request?.headers['x-amz-date'] ?? '', /^\d{8}T\d{6}Z$/)
  assert.equal(request?.headers['host'], `127.0.0.1:${provider.port}`)
  assert.equal(request?.path, '/model/us.m%3A0/converse')
  assert.equal(request?.body, '{"messages":[]}')
  assert.doesNotMatch(request?.rawHead ?? '', /secret/)
})

test('without a region nothing can be signed, and nothing is sent', async t => {
  const { provider, call } = await openScene(t, { environment: { KEY: pair }, server })
  const failure = failureOf(await call({ provider: { dialect: 'Bedrock', credentials } }))
  assert.equal(failure.kind, 'AuthFailed')
  assert.equal(failure.promptSent, 'none')
  assert.equal(provider.requests.length, 0)
})
