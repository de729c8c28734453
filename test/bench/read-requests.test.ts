import assert from 'node:assert/strict'
import { Socket } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { type PlainRequest, readRequests } from './read-requests.ts'

function requestOf(body: string): string {
  return `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}

test('finds the same requests wherever the bytes are cut', () => {
  const bodies = fc.array(fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 50 }), {
    maxLength: 5,
  })
  const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(bodies, cuts, (wanted, sizes) => {
      const found: PlainRequest[] = []
      const socket = new Socket()
      readRequests(socket, request => found.push(request))
      const bytes = Buffer.from(wanted.map(requestOf).join(''))
      let position = 0
      for (let index = 0; position < bytes.length; index += 1) {
        const size = sizes[index % sizes.length] ?? 1
        socket.emit('data', bytes.subarray(position, position + size))
        position += size
      }
      assert.deepEqual(
        found.map(request => request.bodyStart),
        wanted,
      )
    }),
    { numRuns: 200 },
  )
})

test('keeps only the start of a large body', () => {
  const found: PlainRequest[] = []
  const socket = new Socket()
  readRequests(socket, request => found.push(request))
  const bytes = Buffer.from(requestOf(`{"model":"gpt-4o"}${'x'.repeat(200_000)}`))
  for (let position = 0; position < bytes.length; position += 65_536) {
    socket.emit('data', bytes.subarray(position, position + 65_536))
  }
  assert.equal(found.length, 1)
  assert.ok((found[0]?.bodyStart.length ?? 0) < 10_000)
  assert.match(found[0]?.bodyStart ?? '', /gpt-4o/)
})
