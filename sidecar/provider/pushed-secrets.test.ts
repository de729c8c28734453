import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import type { PushedSecret } from '../../crds/snapshot/control-frames.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { compiledProvider } from '../../test/support/provider-kit.ts'
import { Confidential } from '../failure/confidential.ts'
import { type CredentialWarning, createCredentials } from './credentials.ts'
import { PushedSecrets } from './pushed-secrets.ts'

const id = 'team/keys/openai'
const secret = (value: string, name = id): PushedSecret => ({ id: name, version: value, value })

function scene() {
  const clock = new FakeClock()
  const pushed = new PushedSecrets(clock)
  const find = () => {
    const key = pushed.find(id)
    return typeof key === 'string' ? key : key.reveal()
  }
  return { clock, pushed, find }
}

function keyOf(pushed: PushedSecrets): Confidential {
  const key = pushed.find(id)
  assert.ok(key instanceof Confidential)
  return key
}

test('a frame replaces everything: what it does not name is gone at once', () => {
  const { pushed, find } = scene()
  pushed.replace([secret('sk-one'), secret('sk-x', 'team/keys/other')])
  assert.equal(find(), 'sk-one')
  pushed.replace([secret('sk-x', 'team/keys/other')])
  assert.match(find(), /has not handed it over/)
})

test('only ids whose value is new or another one count as changed', () => {
  const { pushed } = scene()
  assert.deepEqual([...pushed.replace([secret('sk-one')])], [id])
  assert.deepEqual([...pushed.replace([{ ...secret('sk-one'), version: 'other' }])], [])
  assert.deepEqual([...pushed.replace([secret('sk-two')])], [id])
  assert.deepEqual([...pushed.replace([])], [])
})

test('every key that ever came is masked, and none can be printed by accident', () => {
  const { pushed } = scene()
  for (const value of ['sk-one', 'sk-two', 'sk-one']) pushed.replace([secret(value)])
  pushed.replace([])
  assert.deepEqual(
    pushed
      .all()
      .map(key => key.reveal())
      .sort(),
    ['sk-one', 'sk-two'],
  )
  pushed.replace([secret('sk-three')])
  assert.equal(pushed.all().length, 3)
  assert.doesNotMatch(`${JSON.stringify(pushed)}${inspect(pushed, { depth: 9 })}${pushed}`, /sk-/)
})

test('a refused key has an alternative for a minute after a rotation, either way', () => {
  const { clock, pushed } = scene()
  pushed.replace([secret('sk-one')])
  const one = keyOf(pushed)
  assert.equal(pushed.alternative(id, one), undefined)
  pushed.replace([secret('sk-two')])
  const two = keyOf(pushed)
  assert.equal(pushed.alternative(id, one), two)
  assert.equal(pushed.alternative(id, two), one)
  clock.tick(60_001)
  assert.equal(pushed.alternative(id, two), undefined)
  assert.equal(pushed.alternative(id, one), two)
  pushed.replace([])
  assert.equal(pushed.alternative(id, one), undefined)
})

test('a key that no header can carry is missing, with one warning that names the Secret only', () => {
  const { clock, pushed } = scene()
  const warnings: CredentialWarning[] = []
  const credentials = createCredentials({
    environment: {},
    clock,
    pushed,
    onWarning: warning => void warnings.push(warning),
  })
  const provider = compiledProvider('https://api.example', { credentials: { kind: 'secret', id } })
  pushed.replace([secret('sk-one\nsk-two')])
  assert.equal(credentials.find(provider).kind, 'missing')
  assert.equal(credentials.find(provider).kind, 'missing')
  assert.deepEqual(warnings, [
    { provider: 'scripted', source: id, problem: 'the key has characters that no header can carry' },
  ])
  pushed.replace([secret(' sk-good \n')])
  const found = credentials.find(provider)
  assert.equal(found.kind === 'found' && found.key.reveal(), 'sk-good')
  pushed.replace([])
  assert.equal(credentials.find(provider).kind, 'missing')
  assert.equal(warnings.length, 2)
})

test('a key that is on its way can be waited for, until it has come or has had its time', async () => {
  const { clock, pushed } = scene()
  const credentials = createCredentials({ environment: {}, clock, pushed, onWarning: () => undefined })
  const provider = compiledProvider('https://api.example', { credentials: { kind: 'secret', id } })
  assert.equal(credentials.arrival(provider), undefined)
  pushed.expect(2_000)
  const first = credentials.arrival(provider)
  assert.ok(first !== undefined)
  pushed.replace([secret('sk-one')])
  await first
  assert.equal(credentials.arrival(provider), undefined)
  pushed.replace([])
  assert.equal(credentials.arrival(provider), undefined)
  pushed.expect(2_000)
  const second = credentials.arrival(provider)
  assert.ok(second !== undefined)
  await clock.advance(2_000)
  await second
  assert.equal(credentials.arrival(provider), undefined)
})
