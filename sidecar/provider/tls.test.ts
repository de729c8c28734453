import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CompiledProvider } from '../../crds/snapshot/policy-snapshot.ts'
import { answered, failureOf, openScene, pem, readBody } from '../../test/support/provider-kit.ts'
import { respond } from '../../test/support/scripted-provider.ts'

const server = {
  tls: { cert: pem('provider.pem'), key: pem('provider.key') },
  byDefault: respond({ json: { ok: true } }),
}
const trusted = { caBundle: pem('ca.pem'), serverName: 'provider.test' }

test('a provider with its own authority and name is reached', async t => {
  const { call } = await openScene(t, { server })
  const { text } = await readBody(answered(await call({ provider: { tls: trusted } })).body)
  assert.equal(text, '{"ok":true}')
})

const refused: readonly (readonly [string, NonNullable<CompiledProvider['tls']>])[] = [
  ['an unknown authority', { serverName: trusted.serverName }],
  ['the wrong authority', { ...trusted, caBundle: pem('other-ca.pem') }],
  ['a certificate for another name', { ...trusted, serverName: 'other.test' }],
  ['a certificate that does not name the address', { caBundle: trusted.caBundle }],
]
for (const [about, tls] of refused) {
  test(`${about} is a connection error before the prompt left`, async t => {
    const { provider, call } = await openScene(t, { server })
    const { kind, promptSent } = failureOf(await call({ provider: { tls } }))
    assert.deepEqual({ kind, promptSent }, { kind: 'ConnectError', promptSent: 'none' })
    assert.equal(provider.requests.length, 0)
  })
}

test('trust is not shared: a pool opened under one authority serves no provider with another', async t => {
  const { provider, call } = await openScene(t, { server })
  await readBody(answered(await call({ provider: { tls: trusted } })).body)
  failureOf(await call({ provider: { tls: { ...trusted, caBundle: pem('other-ca.pem') } } }))
  assert.equal(provider.requests.length, 1)
})
