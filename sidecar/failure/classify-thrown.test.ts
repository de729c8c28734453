import assert from 'node:assert/strict'
import { connect, createServer } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { classifyThrown } from './classify-thrown.ts'
import type { Failure } from './failure.ts'

function thrown(code: string, more: object = {}): Error {
  return Object.assign(new Error(`text that must not matter: ${code}`), { code }, more)
}

type Expected = Pick<Failure, 'kind' | 'limit' | 'promptSent'>

const rows: readonly (readonly [about: string, error: unknown, expected: Expected])[] = [
  [
    'a connect timeout',
    thrown('UND_ERR_CONNECT_TIMEOUT'),
    { kind: 'Timeout', limit: 'connect', promptSent: 'none' },
  ],
  [
    'a kernel connect timeout',
    thrown('ETIMEDOUT', { syscall: 'connect' }),
    { kind: 'Timeout', limit: 'connect', promptSent: 'none' },
  ],
  ['a connection gone silent', thrown('ETIMEDOUT', { syscall: 'read' }), { kind: 'ConnectError' }],
  ['a headers timeout', thrown('UND_ERR_HEADERS_TIMEOUT'), { kind: 'Timeout', limit: 'total' }],
  ['a body timeout', thrown('UND_ERR_BODY_TIMEOUT'), { kind: 'Timeout', limit: 'idle' }],
  ['an unknown name', thrown('ENOTFOUND'), { kind: 'ConnectError', promptSent: 'none' }],
  ['a silent DNS', thrown('EAI_AGAIN'), { kind: 'ConnectError', promptSent: 'none' }],
  ['another DNS trouble', thrown('EAI_FAIL'), { kind: 'ConnectError', promptSent: 'none' }],
  ['an address that is not allowed', thrown('EADDRDENIED'), { kind: 'ConnectError', promptSent: 'none' }],
  ['an expired certificate', thrown('CERT_HAS_EXPIRED'), { kind: 'ConnectError', promptSent: 'none' }],
  [
    'a self-signed certificate',
    thrown('DEPTH_ZERO_SELF_SIGNED_CERT'),
    { kind: 'ConnectError', promptSent: 'none' },
  ],
  [
    'a certificate for another host',
    thrown('ERR_TLS_CERT_ALTNAME_INVALID'),
    { kind: 'ConnectError', promptSent: 'none' },
  ],
  ['a wrong protocol', thrown('ERR_SSL_WRONG_VERSION_NUMBER'), { kind: 'ConnectError', promptSent: 'none' }],
  ['a reset', thrown('ECONNRESET', { syscall: 'read' }), { kind: 'ConnectError' }],
  [
    'a reset during the handshake',
    thrown('ECONNRESET', { host: 'a.example', port: 443 }),
    { kind: 'ConnectError', promptSent: 'none' },
  ],
  ['a broken pipe', thrown('EPIPE', { syscall: 'write' }), { kind: 'ConnectError', promptSent: 'partial' }],
  ['a closed socket', thrown('UND_ERR_SOCKET', { socket: { bytesWritten: 900 } }), { kind: 'ConnectError' }],
  [
    'a socket closed before a byte',
    thrown('UND_ERR_SOCKET', { socket: { bytesWritten: 0 } }),
    { kind: 'ConnectError', promptSent: 'none' },
  ],
  ['an answer that is no HTTP', thrown('HPE_INVALID_CONSTANT'), { kind: 'InvalidResponse' }],
  ['a flood of headers', thrown('UND_ERR_HEADERS_OVERFLOW'), { kind: 'InvalidResponse' }],
  ['an endless answer', thrown('UND_ERR_RES_EXCEEDED_MAX_SIZE'), { kind: 'InvalidResponse' }],
  [
    'an answer that is no HTTP in a way without a name',
    Object.assign(new Error('text'), { name: 'HTTPParserError', code: undefined }),
    { kind: 'InvalidResponse' },
  ],
  ['a short answer', thrown('UND_ERR_RES_CONTENT_LENGTH_MISMATCH'), { kind: 'InvalidResponse' }],
  ['spoiled compression', thrown('Z_DATA_ERROR'), { kind: 'InvalidResponse' }],
  [
    'a cause below',
    new Error('fetch failed', { cause: thrown('ECONNREFUSED') }),
    { kind: 'ConnectError', promptSent: 'none' },
  ],
  [
    'several addresses',
    new AggregateError([thrown('ECONNREFUSED'), thrown('ENETUNREACH')]),
    { kind: 'ConnectError', promptSent: 'none' },
  ],
  [
    'a timeout signal',
    AbortSignal.timeout(0).reason ?? new DOMException('late', 'TimeoutError'),
    { kind: 'Timeout', limit: 'total' },
  ],
  ['a string', 'boom', { kind: 'ConnectError' }],
]

for (const [about, error, expected] of rows) {
  test(`${about} is ${expected.kind}`, () => {
    const { kind, limit, promptSent } = classifyThrown(error)
    assert.deepEqual({ kind, ...(limit && { limit }), ...(promptSent && { promptSent }) }, expected)
  })
}

test('the words of an error stay out of the failure', () => {
  assert.ok(!JSON.stringify(classifyThrown(thrown('ECONNRESET'))).includes('text that must not matter'))
})

test('a real refused connection sent nothing', async () => {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  await new Promise(resolve => server.close(resolve))
  const error = await new Promise(resolve => connect(address.port, '127.0.0.1').once('error', resolve))
  const { kind, promptSent } = classifyThrown(error)
  assert.deepEqual({ kind, promptSent }, { kind: 'ConnectError', promptSent: 'none' })
})

test('never throws, whatever was thrown', () => {
  fc.assert(
    fc.property(fc.anything(), error => {
      assert.equal(typeof classifyThrown(error).detail, 'string')
    }),
  )
})
