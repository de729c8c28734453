import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { text } from 'node:stream/consumers'
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
    readonly port: number
    ask(head: string): Promise<string>
  }) => Promise<void>,
  host = '127.0.0.1',
): Promise<void> {
  const door = new ScriptedDoor()
  const logged: string[] = []
  const log = (fields: Readonly<Record<string, unknown>>, message: string) => {
    logged.push(`${message} ${JSON.stringify(fields)}`)
  }
  const server = createAdminServer({
    door,
    metrics,
    settings: { host, port: 0 },
    clock: systemClock,
    logger: { error: log, warn: log },
  })
  const { port } = await server.start()
  try {
    await run({ door, logged, port, ask: head => sendRaw(port, `${head}\r\nConnection: close\r\n\r\n`) })
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

/** Of this machine, other than loopback: a connection to it comes from it. */
const ownAddress = Object.values(networkInterfaces())
  .flatMap(addresses => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address
/** A machine that tests for everybody must have one. */
const mayBeLeftOut = ownAddress === undefined && process.env['CI'] === undefined

test('probes and metrics are for everybody, the views for people stay inside the pod', {
  skip: mayBeLeftOut ? 'NOT TESTED: this machine has no address but loopback' : false,
}, async () => {
  await withAdmin(
    () => Promise.resolve('up 1\n'),
    async ({ door, port, ask }) => {
      assert.ok(ownAddress, 'this test needs an address that is not loopback')
      door.isReady = true
      const askFromAfar = (path: string) => {
        const socket = connect(port, ownAddress)
        socket.end(`${page(path)}\r\nX-Forwarded-For: 127.0.0.1\r\nConnection: close\r\n\r\n`)
        return text(socket)
      }
      for (const path of ['/livez', '/readyz', '/metrics']) {
        assert.equal(statusOf(await askFromAfar(path)), 200, path)
      }
      for (const path of ['/debug/policy', '/debug/breakers']) {
        const answer = await askFromAfar(path)
        assert.equal(statusOf(answer), 403, path)
        assert.match(answer, /\r\n\r\nthis page is shown inside the pod only: use kubectl port-forward\n$/)
        assert.equal(statusOf(await ask(page(path))), 200, path)
      }
    },
    '0.0.0.0',
  )
})

test('whoever takes all places that an address may have leaves the probes theirs', async () => {
  await withAdmin(
    () => Promise.resolve(''),
    async ({ port, ask }) => {
      const crowd: Socket[] = []
      const open = async () => {
        const socket = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' })
        socket.on('error', () => undefined)
        crowd.push(socket)
        socket.write(`${page('/livez')}\r\n\r\n`)
        return Promise.race([once(socket, 'data').then(() => true), once(socket, 'close').then(() => false)])
      }
      const lets = []
      for (let opened = 0; opened < 40; opened += 1) lets.push(await open())
      assert.equal(lets.filter(isOpen => isOpen).length, 32)
      assert.equal(statusOf(await ask(page('/livez'))), 200)
      crowd[0]?.destroy()
      // Until the server has seen it.
      while (!(await open()));
      for (const socket of crowd) socket.destroy()
    },
  )
})
