// The wire in both directions, over real TLS.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { eventually } from '../../test/support/eventually.ts'
import { makeAuthority } from '../../test/support/make-certificates.ts'
import type { ConnectionEnd, OperatorConnection } from './connection-port.ts'
import { connectTo } from './operator-connection.ts'

interface Scene {
  readonly connection: OperatorConnection
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** What has come down. */
  readonly received: () => string
  readonly rooms: () => number
  readonly ends: readonly ConnectionEnd[]
}

async function open(context: TestContext): Promise<Scene> {
  const authority = await makeAuthority()
  const folder = await mkdtemp(join(tmpdir(), 'llm-fallback-connection-'))
  const [caFile, tokenFile] = [join(folder, 'ca.crt'), join(folder, 'token')]
  await Promise.all([writeFile(caFile, authority.ca), writeFile(tokenFile, 'token-one')])
  const server = createServer(await authority.issue('127.0.0.1'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  const url = `https://127.0.0.1:${address.port}`
  const asked = once(server, 'request')
  let received = ''
  let rooms = 0
  const ends: ConnectionEnd[] = []
  const connection = connectTo({ url, caFile, tokenFile }, '0.0.0')(
    { live: undefined },
    {
      data: chunk => {
        received += chunk
      },
      hasRoom: () => {
        rooms += 1
      },
      ended: end => void ends.push(end),
    },
  )
  context.after(async () => {
    connection.close()
    server.closeAllConnections()
    server.close()
    await rm(folder, { recursive: true, force: true })
  })
  const [request, response] = await asked
  return { connection, request, response, received: () => received, rooms: () => rooms, ends }
}

/** Sends as soon as there is room. */
function send(scene: Scene, line: string): Promise<true> {
  return eventually('there is room', () => scene.connection.write(line) || undefined)
}

test('lines go up and come down at the same time, on one request', async t => {
  const scene = await open(t)
  assert.equal(scene.request.method, 'POST')
  assert.equal(scene.request.headers['transfer-encoding'], 'chunked')
  let up = ''
  scene.request.on('data', chunk => {
    up += chunk
  })
  scene.response.writeHead(200)
  for (const count of [1, 2, 3]) {
    await send(scene, `up ${count}\n`)
    scene.response.write(`down ${count}\n`)
    await eventually(
      'both have come',
      () => (up.includes(`up ${count}`) && scene.received().includes(`down ${count}`)) || undefined,
    )
  }
  assert.equal(up, '\nup 1\nup 2\nup 3\n')
  assert.deepEqual(scene.ends, [])
})

test('an operator that takes nothing makes nothing pile up, and is told all once it does', async t => {
  const scene = await open(t)
  scene.response.writeHead(200)
  scene.response.flushHeaders()
  const line = `${'x'.repeat(256 * 1024)}\n`
  let lines = 0
  // Until what the kernels hold is full.
  for (let idle = 0; idle < 50; idle += 1) {
    if (!scene.connection.write(line)) await new Promise(resolve => setTimeout(resolve, 5))
    else {
      lines += 1
      idle = 0
    }
  }
  assert.ok(lines < 200, `${lines} lines were taken`)
  const roomsBefore = scene.rooms()
  let bytes = 0
  scene.request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  await eventually('all lines have come', () => bytes === lines * line.length + 1 || undefined)
  assert.ok(scene.rooms() > roomsBefore)
})

test('a refusal that comes before the body has ended is told with its reason', async t => {
  const scene = await open(t)
  scene.response.writeHead(503, { 'retry-after': '2' }).end('{"message":"not now"}')
  await eventually('the end', () => scene.ends[0])
  assert.deepEqual(scene.ends, [{ kind: 'refused', status: 503, retryAfterMs: 2_000, reason: 'not now' }])
})

test('nothing goes up after it was closed', async t => {
  const scene = await open(t)
  await eventually('there is room', () => scene.rooms() || undefined)
  scene.connection.close()
  assert.equal(scene.connection.write('late\n'), false)
})
