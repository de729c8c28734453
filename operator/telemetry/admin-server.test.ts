import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { createAdminServer } from './admin-server.ts'

async function start(t: TestContext, options: { isReady: boolean; fleet?: () => unknown }) {
  const troubles: unknown[] = []
  const server = createAdminServer({
    readiness: () => ({ isReady: options.isReady, text: options.isReady ? 'ready' : 'waiting for pods' }),
    metrics: async () => 'up 1\n',
    fleet: options.fleet ?? (() => ({ pods: [] })),
    onTrouble: error => void troubles.push(error),
  })
  const port = await server.listen('127.0.0.1', 0)
  t.after(() => server.close())
  return {
    port,
    get: (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init),
    troubles,
  }
}

test('an operator that waits for its caches is alive and not ready, and says what it waits for', async t => {
  const { get } = await start(t, { isReady: false })
  assert.equal((await get('/livez')).status, 200)
  const ready = await get('/readyz')
  assert.equal(ready.status, 503)
  assert.equal(await ready.text(), 'waiting for pods\n')
})

test('the fleet is JSON', async t => {
  const { get } = await start(t, { isReady: true, fleet: () => ({ pods: [{ pod: 'a' }] }) })
  assert.equal((await get('/readyz')).status, 200)
  assert.deepEqual(await (await get('/fleet?x=1')).json(), { pods: [{ pod: 'a' }] })
  assert.equal(await (await get('/metrics')).text(), 'up 1\n')
})

test('whoever takes all places that an address may have leaves the probes theirs', async t => {
  const { get, port } = await start(t, { isReady: true })
  const crowd = Array.from({ length: 300 }, () =>
    connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' }),
  )
  t.after(() => {
    for (const socket of crowd) socket.destroy()
  })
  const isClosed = (socket: Socket) =>
    once(socket, 'close').then(
      () => true,
      () => true,
    )
  await Promise.all(crowd.slice(64).map(isClosed))
  assert.equal((await get('/livez')).status, 200)
})

test('other paths, methods and failing pages are told apart', async t => {
  const { get, troubles } = await start(t, {
    isReady: true,
    fleet() {
      throw new Error('secret words')
    },
  })
  assert.equal((await get('/')).status, 404)
  assert.equal((await get('/fleet', { method: 'POST', body: 'x' })).status, 405)
  const failed = await get('/fleet')
  assert.equal(failed.status, 500)
  assert.doesNotMatch(await failed.text(), /secret/)
  assert.equal(troubles.length, 1)
})
