// Providers are asked for plain bytes. These compress all the same.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { answered, failureOf, openScene, readBody } from '../../test/support/provider-kit.ts'
import { respond, stream } from '../../test/support/scripted-provider.ts'

const codings: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: gzipSync,
  'x-gzip': gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
}
const text = JSON.stringify({ words: Array.from({ length: 2000 }, (_, at) => `wörd ${at}`) })

for (const [coding, pack] of Object.entries(codings)) {
  const coded = (bytes: Buffer) =>
    respond({ headers: { 'content-type': 'application/json', 'content-encoding': coding }, bytes })

  test(`${coding} is taken off, and its header with it`, async t => {
    const { provider, call } = await openScene(t)
    provider.script(coded(pack(Buffer.from(text))))
    const answer = answered(await call())
    assert.equal(answer.headers['content-encoding'], undefined)
    assert.equal(answer.headers['content-type'], 'application/json')
    const { text: unpacked, ending } = await readBody(answer.body)
    assert.deepEqual([unpacked, ending], [text, 'end'])
  })

  test(`${coding} that breaks off is a failure, never an end`, async t => {
    const packed = pack(Buffer.from(text))
    const { provider, call } = await openScene(t)
    provider.script(coded(packed.subarray(0, packed.length - 10)))
    const { ending } = await readBody(answered(await call()).body)
    assert.ok(typeof ending === 'object')
    assert.equal(ending.kind, 'InvalidResponse')
  })

  test(`${coding} that unpacks to a flood is cut`, async t => {
    const { provider, call } = await openScene(t)
    const packed = pack(Buffer.alloc(32 * 1024 * 1024))
    provider.script(coded(packed))
    const { ending, chunks } = await readBody(answered(await call()).body)
    assert.ok(typeof ending === 'object')
    assert.equal(ending.kind, 'InvalidResponse')
    const unpackedBytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    assert.ok(unpackedBytes <= Math.max(packed.length * 200, 1024 * 1024))
  })
}

test('what is unpacked counts against the bound of the body', async t => {
  const { provider, call } = await openScene(t, { sender: { maxBodyBytes: 4096 } })
  provider.script(respond({ headers: { 'content-encoding': 'gzip' }, bytes: gzipSync(Buffer.from(text)) }))
  const { ending, chunks } = await readBody(answered(await call()).body)
  assert.ok(typeof ending === 'object')
  assert.equal(ending.kind, 'InvalidResponse')
  assert.ok(chunks.reduce((sum, chunk) => sum + chunk.length, 0) <= 4096)
})

test('a body that is not compressed as it says is an invalid response', async t => {
  const { provider, call } = await openScene(t)
  provider.script(respond({ headers: { 'content-encoding': 'gzip' }, text }))
  const { ending } = await readBody(answered(await call()).body)
  assert.ok(typeof ending === 'object')
  assert.equal(ending.kind, 'InvalidResponse')
})

for (const coding of ['compress', 'gzip, gzip', 'gzip, br', 'aes128gcm']) {
  test(`the coding "${coding}" is refused and the connection closed`, async t => {
    const { provider, call } = await openScene(t)
    provider.script(stream(['x', 'hang'], { headers: { 'content-encoding': coding } }))
    assert.equal(failureOf(await call()).kind, 'InvalidResponse')
    await provider.requests[0]?.closedByPeer
  })
}

test('a compressed stream reaches its reader event by event', async t => {
  const first = gzipSync('data: 1\n\n')
  const { provider, call } = await openScene(t)
  // Cut before its trailer: the first event is complete, the stream is not.
  provider.script(
    stream([first.subarray(0, first.length - 8), 'hang'], { headers: { 'content-encoding': 'gzip' } }),
  )
  const { body } = answered(await call())
  const seen = await new Promise<string>((resolve, reject) => {
    body.consume({
      data: chunk => resolve(chunk.toString()),
      end: () => reject(new Error('ended')),
      error: ({ detail }) => reject(new Error(detail)),
    })
  })
  assert.equal(seen, 'data: 1\n\n')
  body.abort()
  await provider.requests[0]?.closedByPeer
})

test('a compressed answer that is reset is an interruption', async t => {
  const packed = gzipSync(Buffer.from(text))
  const { provider, call } = await openScene(t)
  provider.script(stream([packed.subarray(0, 100), 'reset'], { headers: { 'content-encoding': 'gzip' } }))
  const { ending } = await readBody(answered(await call()).body)
  assert.ok(typeof ending === 'object')
  assert.equal(ending.kind, 'StreamInterrupted')
})

test('a paused reader gets nothing unpacked until it goes on', async t => {
  const { provider, call } = await openScene(t)
  const random = Buffer.from(Array.from({ length: 400_000 }, (_, at) => (at * 7919) % 251))
  provider.script(respond({ headers: { 'content-encoding': 'gzip' }, bytes: gzipSync(random) }))
  const { body } = answered(await call())
  const chunks: Buffer[] = []
  await new Promise<void>((resolve, reject) => {
    body.consume({
      data(chunk) {
        chunks.push(chunk)
        body.pause()
        const known = chunks.length
        setImmediate(() => {
          if (chunks.length !== known) reject(new Error('a chunk came in spite of the pause'))
          body.resume()
        })
      },
      end: resolve,
      error: ({ detail }) => reject(new Error(detail)),
    })
  })
  assert.deepEqual(Buffer.concat(chunks), random)
})
