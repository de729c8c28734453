import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { after, afterEach, beforeEach, test } from 'node:test'
import { eventually } from '../../test/support/eventually.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { type ApiClient, createApiClient } from './api-client.ts'

let clock: FakeClock
let client: ApiClient
let answer: RequestListener
let forgotten: number
let asked: string[]
const server: Server = createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`)
  answer(request, response)
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
after(() => {
  server.closeAllConnections()
  server.close()
})

beforeEach(() => {
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  clock = new FakeClock()
  forgotten = 0
  asked = []
  const connection = {
    origin: `http://127.0.0.1:${port}`,
    basePath: '/k8s/clusters/c-1',
    headers: { authorization: 'Bearer canary' },
    tls: {},
    key: 'one',
  }
  const forget = () => {
    forgotten += 1
  }
  client = createApiClient({ current: async () => connection, forget }, clock)
})
afterEach(() => client.close())

const get = { method: 'GET', path: '/api/v1/pods' } as const

test('asks below the path of the server, with who we are and what we can read', async () => {
  let headers: NodeJS.Dict<string | string[]> = {}
  answer = (request, response) => {
    headers = request.headers
    response.end('{"a":1}')
  }
  assert.deepEqual(await client.send({ ...get, query: { limit: '5' } }), { a: 1 })
  assert.deepEqual(asked, ['GET /k8s/clusters/c-1/api/v1/pods?limit=5'])
  assert.equal(headers['authorization'], 'Bearer canary')
  assert.equal(headers['accept'], 'application/json')
})

test('a refusal carries status, reason, words and how long to stay away', async () => {
  answer = (_request, response) => {
    response.writeHead(429, { 'retry-after': '3' })
    response.end(JSON.stringify({ kind: 'Status', reason: 'TooManyRequests', message: 'slow down' }))
  }
  await assert.rejects(client.send(get), {
    name: 'ApiError',
    status: 429,
    reason: 'TooManyRequests',
    retryAfterMs: 3_000,
    message: 'GET /api/v1/pods: the API server answered 429 slow down',
  })
})

test('an answer of something in between is told by its status alone', async () => {
  answer = (_request, response) => response.writeHead(502).end('<html>bad gateway</html>')
  await assert.rejects(client.send(get), { status: 502, reason: 'Status502' })
})

test('a success that is no JSON is a bad answer, and is not quoted', async () => {
  answer = (_request, response) => response.end('canary')
  await assert.rejects(client.send(get), {
    reason: 'BadAnswer',
    message: 'GET /api/v1/pods: the answer is no JSON',
  })
})

test('words about Secrets and tokens are left out', async () => {
  answer = (_request, response) =>
    response.writeHead(400).end(JSON.stringify({ reason: 'BadRequest', message: 'cannot read canary' }))
  for (const path of ['/api/v1/namespaces/a/secrets', '/apis/authentication.k8s.io/v1/tokenreviews']) {
    await assert.rejects(client.send({ method: 'POST', path, body: {} }), {
      message: `POST ${path}: the API server answered 400 BadRequest`,
    })
  }
})

test('a credential that is not accepted is read again', async () => {
  answer = (_request, response) => response.writeHead(401).end()
  await assert.rejects(client.send(get), { status: 401 })
  assert.equal(forgotten, 1)
})

test('no answer in time ends the request, on both sides', async () => {
  let hasClosed = false
  answer = request => {
    request.once('close', () => {
      hasClosed = true
    })
  }
  const sent = client.send({ ...get, timeoutMs: 1_000 })
  const failed = assert.rejects(sent, { reason: 'Timeout', status: 0 })
  await eventually('the server has it', () => asked[0])
  await clock.advance(1_000)
  await failed
  await eventually('the server sees it end', () => hasClosed || undefined)
})

test('an answer that stops half way counts as not reached, and a stream may be as long as it likes', async () => {
  answer = (_request, response) => {
    response.writeHead(200)
    response.write('{"a":')
    setImmediate(() => response.destroy())
  }
  await assert.rejects(client.send(get), { reason: 'Unreachable' })
  answer = (_request, response) => response.end('x'.repeat(1_000_000))
  let bytes = 0
  await client.stream(get, chunk => {
    bytes += chunk.length
  })
  assert.equal(bytes, 1_000_000)
})

test('what a reader of a stream throws ends the stream', async () => {
  answer = (_request, response) => response.write('x')
  const boom = new Error('boom')
  await assert.rejects(
    client.stream(get, () => {
      throw boom
    }),
    boom,
  )
})

test('a caller that gives up is left with its own reason', async () => {
  answer = () => undefined
  const controller = new AbortController()
  const sent = client.send({ ...get, signal: controller.signal })
  const reason = new Error('no longer wanted')
  controller.abort(reason)
  await assert.rejects(sent, reason)
})

test('closing ends what is under way', async () => {
  answer = () => undefined
  const failed = assert.rejects(
    client.stream(get, () => undefined),
    /the client is closed/,
  )
  await eventually('the server has it', () => asked[0])
  await client.close()
  await failed
  assert.equal(clock.pending, 0)
})
