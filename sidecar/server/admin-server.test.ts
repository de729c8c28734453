import assert from 'node:assert/strict'
import test from 'node:test'
import { sendRaw, statusOf } from '../../test/support/inbound/data-server-kit.ts'
import { ScriptedDoor } from '../../test/support/inbound/scripted-door.ts'
import { systemClock } from '../resilience/clock.ts'
import { createAdminServer } from './admin-server.ts'

async function withAdmin(
  metrics: () => Promise<string>,
  run: (test: {
    readonly door: ScriptedDoor
    readonly logged: string[]
    ask(head: string): Promise<string>
  }) => Promise<void>,
): Promise<void> {
  const door = new ScriptedDoor()
  const logged: string[] = []
  const log = (fields: Readonly<Record<string, unknown>>, message: string) => {
    logged.push(`${message} ${JSON.stringify(fields)}`)
  }
  const server = createAdminServer({
    door,
    metrics,
    settings: { host: '127.0.0.1', port: 0 },
    clock: systemClock,
    logger: { error: log, warn: log },
  })
  const { port } = await server.start()
  try {
    await run({ door, logged, ask: head => sendRaw(port, `${head}\r\nConnection: close\r\n\r\n`) })
  } finally {
    await server.stop()
  }
}

const page = (path: string) => `GET ${path} HTTP/1.1\r\nHost: 10.1.2.3:8788`

test('probes tell life and readiness apart, with the reason', async () => {
  await withAdmin(
    () => Promise.resolve(''),
    async ({ door, ask }) => {
      door.isReady = false
      assert.equal(statusOf(await ask(page('/livez'))), 200)
      const waiting = await ask(page('/readyz'))
      assert.equal(statusOf(waiting), 503)
      assert.match(waiting, /no policy is live yet/)
      door.isReady = true
      assert.equal(statusOf(await ask(page('/readyz'))), 200)
    },
  )
})

test('metrics and the views for people are served', async () => {
  await withAdmin(
    () => Promise.resolve('up 1\n'),
    async ({ ask }) => {
      const metrics = await ask(page('/metrics'))
      assert.match(metrics, /content-type: text\/plain; version=0\.0\.4/)
      assert.match(metrics, /\r\n\r\nup 1\n$/)
      assert.match(await ask(page('/debug/policy')), /"policies": \[\]/)
      assert.match(await ask(page('/debug/breakers')), /\[\]/)
    },
  )
})

test('nothing but GET, nothing else, and no way around the front door', async () => {
  await withAdmin(
    () => Promise.resolve(''),
    async ({ ask }) => {
      assert.equal(statusOf(await ask('POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 0')), 405)
      assert.equal(statusOf(await ask('HEAD /metrics HTTP/1.1\r\nHost: a')), 405)
      assert.equal(statusOf(await ask(page('/v1/models'))), 404)
      assert.equal(statusOf(await ask(page('/'))), 404)
      assert.equal(statusOf(await ask(`${page('/livez')}\r\nHost: b`)), 400)
      assert.equal(statusOf(await ask(page('/debug/%2e%2e/livez'))), 400)
      assert.equal(statusOf(await ask('GET http://evil/livez HTTP/1.1\r\nHost: evil')), 400)
    },
  )
})

test('a page that fails says nothing about why', async () => {
  await withAdmin(
    () => Promise.reject(new Error('secret')),
    async ({ ask, logged }) => {
      const answer = await ask(page('/metrics'))
      assert.equal(statusOf(answer), 500)
      assert.doesNotMatch(answer, /secret/)
      assert.equal(logged.length, 1)
      assert.doesNotMatch(logged[0] ?? '', /secret/)
    },
  )
})
