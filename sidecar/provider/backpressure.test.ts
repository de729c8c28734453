// A reader who takes his time makes the provider wait; the memory of this process does not grow meanwhile.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../../test/support/eventually.ts'
import { answered, openScene, readBody } from '../../test/support/provider-kit.ts'
import { custom, respond } from '../../test/support/scripted-provider.ts'
import type { Failure } from '../failure/failure.ts'

const flood = 64 * 1024 * 1024

/** Writes until the other side takes no more; `written` counts what the sockets took. */
function pouring(written: { bytes: number }) {
  return custom(async (socket, _request, signal) => {
    socket.write(`HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: ${flood}\r\n\r\n`)
    const block = Buffer.alloc(64 * 1024, 'x')
    for (let sent = 0; sent < flood && !signal.aborted; sent += block.length) {
      await new Promise(resolve => socket.write(block, resolve))
      written.bytes += block.length
    }
  })
}

/** Resolves with the count once it has stood still. */
async function standstill(written: { bytes: number }): Promise<number> {
  let before = -1
  return eventually('the provider has to wait', async () => {
    if (written.bytes > 0 && written.bytes === before) return written.bytes
    before = written.bytes
    await new Promise(resolve => setTimeout(resolve, 100))
    return undefined
  })
}

test('an answer that nobody reads yet makes the provider wait', async t => {
  const written = { bytes: 0 }
  const { provider, call } = await openScene(t)
  provider.script(pouring(written))
  const { body } = answered(await call())
  assert.ok((await standstill(written)) < flood / 2)
  const { chunks, ending } = await readBody(body)
  assert.equal(ending, 'end')
  assert.equal(
    chunks.reduce((sum, chunk) => sum + chunk.length, 0),
    flood,
  )
})

test('a pause makes the provider wait, and what was held comes in order', async t => {
  const written = { bytes: 0 }
  const { provider, call } = await openScene(t)
  provider.script(pouring(written))
  const { body } = answered(await call())
  await standstill(written)
  let received = 0
  let isPaused = true
  const ended = new Promise<'end' | Failure>(resolve => {
    body.consume({
      data(chunk) {
        received += chunk.length
        if (isPaused) body.pause()
      },
      end: () => resolve('end'),
      error: resolve,
    })
  })
  const stoodAt = await standstill(written)
  assert.ok(received < 1024 * 1024, `${received} bytes came in spite of the pause`)
  assert.ok(stoodAt < flood / 2)
  isPaused = false
  body.resume()
  assert.equal(await ended, 'end')
  assert.equal(received, flood)
})

test('chunks held before the first reader come before those that follow', async t => {
  const { provider, call } = await openScene(t)
  const numbered = Array.from({ length: 40_000 }, (_, at) => `${String(at).padStart(9, '0')}\n`)
  const text = numbered.join('')
  provider.script(respond({ text }))
  const { body } = answered(await call())
  await new Promise(resolve => setTimeout(resolve, 50))
  const seen: string[] = []
  await new Promise<void>((resolve, reject) => {
    body.consume({
      data(chunk) {
        body.pause()
        seen.push(chunk.toString())
        body.resume()
      },
      end: resolve,
      error: ({ detail }) => reject(new Error(detail)),
    })
  })
  assert.equal(seen.join(''), text)
})
