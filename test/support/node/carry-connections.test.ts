import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { type Carrier, carryConnections } from './carry-connections.ts'

/** A server that says what it was told, once it has been told all of it; before it two carriers, joined by a file. */
async function withCarriers(use: (outer: Carrier) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-fallback-carry-'))
  const path = join(folder, 'socket')
  const echo = createServer({ allowHalfOpen: true }, async socket => {
    socket.end(`heard: ${await text(socket).catch(() => '')}`)
  })
  await new Promise<void>(resolve => echo.listen(0, '127.0.0.1', resolve))
  const address = echo.address()
  assert.ok(address !== null && typeof address === 'object')
  const inner = await carryConnections({ path }, { host: '127.0.0.1', port: address.port })
  const outer = await carryConnections({ host: '127.0.0.1', port: 0 }, { path })
  try {
    await use(outer)
  } finally {
    await outer.close()
    await inner.close()
    echo.close()
    await rm(folder, { recursive: true })
  }
}

test('carries both directions, and the end of one without that of the other', () =>
  withCarriers(async ({ port }) => {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
    socket.end('all of it')
    assert.equal(await text(socket), 'heard: all of it')
  }))

test('closed, it breaks the connections that it carries', () =>
  withCarriers(async outer => {
    const socket = connect({ host: '127.0.0.1', port: outer.port })
    await new Promise(resolve => socket.once('connect', resolve))
    socket.write('half')
    const broken = new Promise<void>(resolve => {
      socket.once('error', () => resolve())
      socket.once('close', () => resolve())
    })
    await outer.close()
    await broken
  }))

test('a target that nobody serves breaks the connection', async () => {
  const carrier = await carryConnections({ host: '127.0.0.1', port: 0 }, { path: join(tmpdir(), 'nobody') })
  const socket = connect({ host: '127.0.0.1', port: carrier.port })
  await new Promise<void>(resolve => {
    socket.once('error', () => resolve())
    socket.once('close', () => resolve())
  })
  await carrier.close()
})
