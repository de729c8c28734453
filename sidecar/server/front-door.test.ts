import assert from 'node:assert/strict'
import test from 'node:test'
import {
  chatBody,
  jsonOf,
  rawPost,
  sendRaw,
  statusOf,
  withServer,
} from '../../test/support/inbound/data-server-kit.ts'

const get = (head: string) => `GET ${head}\r\n\r\n`
const chat = '/v1/chat/completions'
const chunked = (coding: string, version = '1.1') =>
  `POST ${chat} HTTP/${version}\r\nHost: a\r\nTransfer-Encoding: ${coding}\r\n\r\n${Buffer.byteLength(chatBody).toString(16)}\r\n${chatBody}\r\n0\r\n\r\n`

/** Every row of the front door's table: what is sent, and the status that refuses it. */
const refused: readonly (readonly [name: string, bytes: string, status: number])[] = [
  ['two Host headers', rawPost(chat, chatBody, ['Host: a', 'Host: b']), 400],
  ['two equal Host headers', rawPost(chat, chatBody, ['Host: a', 'host: a']), 400],
  ['an expectation nobody knows', rawPost(chat, chatBody, ['Host: a', 'Expect: 200-ok']), 417],
  ['no Host header', rawPost(chat, chatBody, ['Accept: */*']), 400],
  ['an empty Host header', rawPost(chat, chatBody, ['Host:']), 400],
  ['a Host with a path', rawPost(chat, chatBody, ['Host: a/b']), 400],
  ['a Host with user information', rawPost(chat, chatBody, ['Host: user@a']), 400],
  ['an absolute-form target', rawPost(`http://evil.example${chat}`, chatBody), 400],
  ['an absolute-form GET', get('http://evil.example/v1/models HTTP/1.1\r\nHost: a'), 400],
  ['an asterisk target', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n', 400],
  ['gzip, chunked', chunked('gzip, chunked'), 400],
  ['Chunked in capitals', chunked('Chunked'), 400],
  ['an identity transfer coding', chunked('identity'), 400],
  ['xchunked', chunked('xchunked'), 400],
  ['chunked, identity', chunked('chunked, identity'), 400],
  ['chunked on HTTP/1.0', chunked('chunked', '1.0'), 400],
  ['HTTP/1.0', rawPost(chat, chatBody).replace('HTTP/1.1', 'HTTP/1.0'), 400],
  ['HTTP/2.0 in the request line', rawPost(chat, chatBody).replace('HTTP/1.1', 'HTTP/2.0'), 400],
  ['an HTTP/0.9 line', 'GET /v1/models\r\n\r\n', 400],
  ['encoded dots', get('/v1/%2e%2e/v1/models HTTP/1.1\r\nHost: a'), 400],
  ['an encoded dot in capitals', get('/v1/%2E/models HTTP/1.1\r\nHost: a'), 400],
  ['an encoded slash', get('/v1%2fmodels HTTP/1.1\r\nHost: a'), 400],
  ['an encoded backslash', get('/v1%5cmodels HTTP/1.1\r\nHost: a'), 400],
  ['an encoded NUL', get('/v1/models%00 HTTP/1.1\r\nHost: a'), 400],
  ['a half percent sign', get('/v1/models/%4 HTTP/1.1\r\nHost: a'), 400],
  ['a plain backslash', get('/v1\\models HTTP/1.1\r\nHost: a'), 400],
  ['dot segments', get('/v1/../v1/models HTTP/1.1\r\nHost: a'), 400],
  ['a single dot segment', get('/v1/./models HTTP/1.1\r\nHost: a'), 400],
  ['a fragment', get('/v1/models#x HTTP/1.1\r\nHost: a'), 400],
  ['a fragment in the query', get('/v1/models?a#x HTTP/1.1\r\nHost: a'), 400],
  ['a body on GET', 'GET /v1/models HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd', 400],
  [
    'a chunked body on GET',
    'GET /v1/models HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['gzip content', rawPost(chat, chatBody, ['Host: a', 'Content-Encoding: gzip']), 415],
  ['nested content codings', rawPost(chat, chatBody, ['Host: a', 'Content-Encoding: identity, br']), 415],
  ['a page of another origin', rawPost(chat, chatBody, ['Host: a', 'Origin: https://evil.example']), 403],
  ['a page without an origin', rawPost(chat, chatBody, ['Host: a', 'Origin: null']), 403],
  [
    'too many headers',
    rawPost(chat, chatBody, ['Host: a', ...Array.from({ length: 250 }, (_, at) => `X-${at}: a`)]),
    431,
  ],
  // Refused by Node's parser; these stay so.
  ['length and chunks', rawPost(chat, chatBody, ['Host: a', 'Transfer-Encoding: chunked']), 400],
  ['two lengths', rawPost(chat, chatBody, ['Host: a', 'Content-Length: 3']), 400],
  ['a signed length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +4\r\n\r\nabcd', 400],
  ['a space before the colon', rawPost(chat, chatBody, ['Host : a']), 400],
  ['a folded header', rawPost(chat, chatBody, ['Host: a', 'X-A: b\r\n c']), 400],
  ['a head that is too large', rawPost(chat, chatBody, ['Host: a', `X-Large: ${'a'.repeat(20_000)}`]), 431],
  ['lines that end in LF only', `POST ${chat} HTTP/1.1\nHost: a\n\n`, 400],
  ['a NUL in a header', rawPost(chat, chatBody, ['Host: a', 'X-A: a\0b']), 400],
  ['a method in small letters', rawPost(chat, chatBody).replace('POST', 'post'), 400],
  [
    'a chunk that is longer than it says',
    `POST ${chat} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n0\r\n\r\n`,
    400,
  ],
]

test('the front door refuses, closes and never lets a request through to the policy', async t => {
  await withServer({}, async ({ door, port, rejected }) => {
    for (const [name, bytes, status] of refused) {
      await t.test(name, async () => {
        const before = rejected.length
        const answer = await sendRaw(port, bytes)
        assert.equal(statusOf(answer), status, answer)
        assert.equal(door.sessions.length, 0)
        assert.match(answer.toLowerCase(), /connection: close/)
        assert.equal(typeof jsonOf(answer)['error'], 'object')
        assert.equal(rejected.length, before + 1)
        assert.equal(rejected.at(-1)?.outcome, 'denied')
        assert.equal(rejected.at(-1)?.status, status)
      })
    }
  })
})

const accepted: readonly (readonly [name: string, bytes: string])[] = [
  ['localhost with a port', rawPost(chat, chatBody, ['Host: localhost:8787'])],
  ['an IPv6 host', rawPost(chat, chatBody, ['Host: [::1]:8787'])],
  ["a vendor's own name, through host aliases", rawPost(chat, chatBody, ['Host: api.openai.com'])],
  ['plain chunks', chunked('chunked')],
  ['identity content', rawPost(chat, chatBody, ['Host: a', 'Content-Encoding: identity'])],
  ['a page on this machine', rawPost(chat, chatBody, ['Host: a', 'Origin: http://localhost:3000'])],
  ['a harmless encoded letter', rawPost('/v1/%63hat/completions', chatBody)],
  [
    'an ARN in the path, its slash encoded',
    rawPost('/model/arn%3Aaws%3Abedrock%3Aeu-1%3A1%3Ainference-profile%2Feu.m/converse', '{"messages":[]}'),
  ],
  ['a query', rawPost(`${chat}?beta=true`, chatBody)],
  [
    'no content type',
    `POST ${chat} HTTP/1.1\r\nHost: a\r\nContent-Length: ${chatBody.length}\r\n\r\n${chatBody}`,
  ],
  ['an odd content type', rawPost(chat, chatBody, ['Host: a']).replace('application/json', 'json;;')],
]

test('what is merely unusual comes in', async t => {
  await withServer({}, async ({ port }) => {
    for (const [name, bytes] of accepted) {
      await t.test(name, async () => {
        assert.equal(statusOf(await sendRaw(port, bytes, 'hello')), 200)
      })
    }
  })
})

test('header names with an underscore are ignored', async () => {
  await withServer({}, async ({ door, port }) => {
    await sendRaw(port, rawPost(chat, chatBody, ['Host: a', 'X_Tenant: acme', 'X-Tenant: real']), 'hello')
    assert.equal(door.session.request.header('x_tenant'), undefined)
    assert.equal(door.session.request.header('x-tenant'), 'real')
  })
})

test('what follows a refused request on the same connection is not read', async () => {
  await withServer({}, async ({ door, port }) => {
    const smuggled = `GET /v1/models HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx${rawPost(chat, chatBody)}`
    const answer = await sendRaw(port, smuggled)
    assert.equal(answer.match(/HTTP\/1\.1 /g)?.length, 1)
    assert.equal(door.sessions.length, 0)
  })
})
