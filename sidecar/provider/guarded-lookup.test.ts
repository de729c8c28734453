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
import { respond } from '../../test/support/scripted-provider.ts'
import { Cancellation } from '../resilience/cancellation.ts'
import { guardedLookup, type Resolve } from './guarded-lookup.ts'

const resolvesTo =
  (...addresses: readonly string[]): Resolve =>
  (_host, done) =>
    done(
      null,
      addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
const { signal } = new Cancellation()

function lookAll(host: string, resolve: Resolve): Promise<readonly string[] | string> {
  return new Promise(done => {
    guardedLookup(resolve)(host, { all: true }, (error, found) => {
      if (error !== null) return done(String(error.code))
      done(typeof found === 'string' ? [found] : found.map(({ address }) => address))
    })
  })
}

const looks: readonly (readonly [string, string, readonly string[], readonly string[] | string])[] = [
  [
    'public addresses pass',
    'api.example',
    ['93.184.215.14', '2606:2800:21f::1'],
    ['93.184.215.14', '2606:2800:21f::1'],
  ],
  ['a private network passes', 'gateway.example', ['10.1.2.3'], ['10.1.2.3']],
  ['cloud metadata does not', 'api.example', ['169.254.169.254'], 'EADDRDENIED'],
  ['this machine does not', 'api.example', ['127.0.0.1'], 'EADDRDENIED'],
  ['this machine in IPv6 does not', 'api.example', ['::1'], 'EADDRDENIED'],
  ['this machine in mapped IPv6 does not', 'api.example', ['::ffff:127.0.0.1'], 'EADDRDENIED'],
  ['no address at all does not', 'api.example', [], 'EADDRDENIED'],
  [
    'of mixed addresses the good ones pass',
    'api.example',
    ['169.254.169.254', '93.184.215.14', '::1'],
    ['93.184.215.14'],
  ],
  ['localhost may be this machine', 'localhost', ['127.0.0.1'], ['127.0.0.1']],
]
for (const [about, host, addresses, expected] of looks) {
  test(`${about} (${host} → ${addresses.join(', ') || 'nothing'})`, async () => {
    assert.deepEqual(await lookAll(host, resolvesTo(...addresses)), expected)
  })
}

test('one address is given in the form that was asked for', async () => {
  const one = await new Promise(done => {
    guardedLookup(resolvesTo('169.254.169.254', '93.184.215.14'))(
      'api.example',
      {},
      (_error, address, family) => done([address, family]),
    )
  })
  assert.deepEqual(one, ['93.184.215.14', 4])
})

test('an error of the resolver comes through', async () => {
  const failing: Resolve = (_host, done) =>
    done(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), [])
  assert.equal(await lookAll('api.example', failing), 'ENOTFOUND')
})

test('a name with denied addresses only is a connection error before anything left', async t => {
  const { provider } = await openScene(t)
  const sender = openSender(t, { sender: { resolve: resolvesTo('127.0.0.1', '169.254.169.254') } })
  const result = await sender.send(callOf(compiledProvider(`http://provider.test:${provider.port}`)), signal)
  const { kind, promptSent, detail } = failureOf(result)
  assert.deepEqual({ kind, promptSent }, { kind: 'ConnectError', promptSent: 'none' })
  assert.match(detail, /address/)
  assert.equal(provider.connections(), 0)
})

test('a name that turns to this machine at the second look-up is not followed', async t => {
  const { provider } = await openScene(t)
  let looksUp = 0
  const rebinding: Resolve = (host, done) => {
    looksUp += 1
    resolvesTo(looksUp === 1 ? '192.0.2.1' : '127.0.0.1')(host, done)
  }
  const sender = openSender(t, { sender: { resolve: rebinding } })
  const target = compiledProvider(`http://provider.test:${provider.port}`)
  for (let calls = 0; calls < 3; calls += 1) {
    failureOf(await sender.send(callOf(target, { connectTimeoutMs: 50 }), signal))
  }
  assert.equal(provider.connections(), 0)
})

test('a connection goes to the address that was checked, by one look-up', async t => {
  const { provider } = await openScene(t, { server: { byDefault: respond({ json: {} }) } })
  const asked: string[] = []
  const sender = openSender(t, {
    sender: {
      resolve(host, done) {
        asked.push(host)
        resolvesTo('127.0.0.1')(host, done)
      },
    },
  })
  const target = compiledProvider(`http://vendor.localhost:${provider.port}/v1`)
  await readBody(answered(await sender.send(callOf(target), signal)).body)
  assert.deepEqual(asked, ['vendor.localhost'])
  assert.equal(provider.requests[0]?.headers['host'], `vendor.localhost:${provider.port}`)
})

for (const literal of [
  'http://169.254.169.254',
  'https://[fe80::1]',
  'http://0.0.0.0:8080',
  'https://[::]',
]) {
  test(`the written address ${literal} is never connected to`, async t => {
    const { kind, promptSent, detail } = failureOf(
      await openSender(t).send(callOf(compiledProvider(literal)), signal),
    )
    assert.deepEqual({ kind, promptSent }, { kind: 'ConnectError', promptSent: 'none' })
    assert.match(detail, /not allowed/)
  })
}
