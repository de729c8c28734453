import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { compiledProvider } from '../../test/support/provider-kit.ts'
import { Pools } from './pools.ts'

function openPools(t: TestContext, limit?: number): Pools {
  const pools = new Pools((_host, done) => done(new Error('nobody is called here'), []), limit)
  t.after(() => pools.close())
  return pools
}
const at = (endpoint: string, more = {}) => compiledProvider(endpoint, { key: endpoint, ...more })

test('a provider keeps its pool from snapshot to snapshot', t => {
  const pools = openPools(t)
  assert.equal(pools.for(at('https://a.example'), 100), pools.for(at('https://a.example'), 100))
})

test('another trust, name, endpoint, provider or timeout is another pool', t => {
  const pools = openPools(t)
  const endpoint = 'https://a.example'
  const found = [
    pools.for(at(endpoint), 100),
    pools.for(at(endpoint), 200),
    pools.for(at(endpoint, { key: 'other' }), 100),
    pools.for(at('https://b.example'), 100),
    pools.for(at(endpoint, { tls: { serverName: 'c.example' } }), 100),
    pools.for(at(endpoint, { tls: { caBundle: 'c.example' } }), 100),
  ]
  assert.equal(new Set(found).size, found.length)
})

test('the pool unused for longest makes room, and a later use opens it anew', t => {
  const pools = openPools(t, 2)
  const [first, second, third] = [at('https://1.example'), at('https://2.example'), at('https://3.example')]
  const ofFirst = pools.for(first, 100)
  const ofSecond = pools.for(second, 100)
  assert.equal(pools.for(first, 100), ofFirst)
  pools.for(third, 100)
  assert.deepEqual([ofFirst.closed, ofSecond.closed], [false, true])
  assert.notEqual(pools.for(second, 100), ofSecond)
})
