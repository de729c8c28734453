import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { eventually } from '../../test/support/eventually.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { type ApiClient, createApiClient } from './api-client.ts'
import { SampleApiServer } from './sample-api-server.ts'
import { createSecretReader, type RunningSecretReader } from './secret-reader.ts'

const id = 'a/vendor/key'
let clock: FakeClock
let server: SampleApiServer
let client: ApiClient
let secrets: RunningSecretReader
let told: string[]

beforeEach(async () => {
  clock = new FakeClock()
  server = new SampleApiServer()
  await server.start()
  client = createApiClient(server.connections, clock)
  secrets = createSecretReader(
    { client, clock, random: () => 0.5, report: () => undefined, limits: {} },
    { namespaces: new Set(['a']), withheld: 'a/own-keys' },
  )
  told = []
  secrets.onChange(secret => void told.push(secret))
})
afterEach(async () => {
  await secrets.stop()
  await client.close()
  await server.stop()
})

const kindOf = (wanted: string) =>
  eventually(`${wanted}, not ${secrets.find(id).kind}`, () => secrets.find(id).kind === wanted || undefined)

test('asks for one Secret by name, with a value that comes out decoded', async () => {
  server.putSecret('vendor', { key: 'gehëim ' })
  secrets.watch(new Set([id]))
  assert.deepEqual(secrets.find(id), { kind: 'pending' })
  await kindOf('found')
  assert.deepEqual(secrets.find(id), { kind: 'found', version: '101', value: 'gehëim ' })
  assert.deepEqual(secrets.find('a/vendor/toString'), { kind: 'SecretKeyMissing' })
  assert.deepEqual(told, ['a/vendor'])
  const asked = server.requests.map(one => `${one.path} ${one.query.get('fieldSelector')}`)
  assert.deepEqual([...new Set(asked)], ['/api/v1/namespaces/a/secrets metadata.name=vendor'])
})

for (const [what, value] of [
  ['nothing', ''],
  ['a line end alone', '\n'],
] as const) {
  test(`a key with ${what} in it is as good as missing, until it is filled in`, async () => {
    server.putSecret('vendor', { key: value })
    secrets.watch(new Set([id]))
    await kindOf('SecretKeyMissing')
    server.putSecret('vendor', { key: 'k' })
    await kindOf('found')
  })
}

test('several keys of a Secret share a watch, which ends when none is wanted', async () => {
  server.putSecret('vendor', { key: 'k', other: 'o' })
  secrets.watch(new Set([id, 'a/vendor/other']))
  await eventually('one watch', () => server.openWatches === 1 || undefined)
  secrets.watch(new Set(['a/vendor/other']))
  assert.equal(secrets.find('a/vendor/other').kind, 'found')
  secrets.watch(new Set())
  await eventually('no watch', () => server.openWatches === 0 || undefined)
  assert.deepEqual(secrets.find(id), { kind: 'pending' })
  assert.equal(server.watches.length, 1)
})

test('a deleted Secret is dropped at once, and its readers are told', async () => {
  server.putSecret('vendor', { key: 'k' })
  secrets.watch(new Set([id]))
  await eventually('one watch', () => server.openWatches === 1 || undefined)
  told.length = 0
  server.remove('vendor')
  await kindOf('SecretNotFound')
  assert.deepEqual(told, ['a/vendor'])
})

test('a Secret that may be read no longer is dropped, and comes back with the right to it', async () => {
  server.putSecret('vendor', { key: 'k' })
  secrets.watch(new Set([id]))
  await eventually('one watch', () => server.openWatches === 1 || undefined)
  server.answerNext({ status: 403, body: { reason: 'Forbidden', message: 'no' } })
  // Long enough for the watch to count as a healthy one, so that the next follows at once.
  await clock.advance(6_000)
  server.endWatches()
  await kindOf('RefNotPermitted')
  await clock.advance(30_000)
  await kindOf('found')
})

test('an API server that fails costs nothing that is known', async () => {
  server.putSecret('vendor', { key: 'k' })
  secrets.watch(new Set([id]))
  await eventually('one watch', () => server.openWatches === 1 || undefined)
  server.answerNext({ status: 500 }, { status: 500 })
  server.cutWatches()
  await eventually('asked again', async () => {
    await clock.advance(250)
    return server.watches.length > 1 || undefined
  })
  assert.equal(secrets.find(id).kind, 'found')
})

test('nothing is ever asked about namespaces that were not granted', async () => {
  secrets.watch(new Set(['b/vendor/key']))
  assert.deepEqual(secrets.find('b/vendor/key'), { kind: 'RefNotPermitted' })
  assert.equal(server.requests.length, 0)
})

test('does not read the keys of the operator itself for anybody, even where it may read Secrets', async () => {
  server.putSecret('own-keys', { 'ca.key': 'canary' })
  server.putSecret('vendor', { key: 'k' })
  secrets.watch(new Set(['a/own-keys/ca.key', id]))
  await kindOf('found')
  assert.deepEqual(secrets.find('a/own-keys/ca.key'), { kind: 'RefNotPermitted' })
  assert.ok(server.requests.every(one => one.query.get('fieldSelector') !== 'metadata.name=own-keys'))
})
