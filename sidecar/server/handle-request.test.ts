import assert from 'node:assert/strict'
import test from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import {
  chatBody,
  jsonOf,
  rawPost,
  sendRaw,
  statusOf,
  withServer,
} from '../../test/support/inbound/data-server-kit.ts'
import { RawClient } from '../../test/support/inbound/raw-client.ts'
import type { Outcome } from '../chain/outcome.ts'

const chat = '/v1/chat/completions'
const messagesBody = JSON.stringify({
  model: 'm',
  max_tokens: 5,
  messages: [{ role: 'user', content: 'hi' }],
})
const close = ['Host: a', 'Connection: close']
const ask = rawPost(chat, chatBody, close)

/** The error object of an answer, whichever dialect. */
function errorOf(answer: string): Record<string, unknown> {
  const { error } = jsonOf(answer)
  return typeof error === 'object' && error !== null ? { ...error } : {}
}

test('every path of the two dialects leads to the walk', async () => {
  await withServer({}, async ({ door, port }) => {
    for (const path of [chat, '/chat/completions', '/openai/v1/chat/completions']) {
      assert.equal(statusOf(await sendRaw(port, rawPost(path, chatBody, close))), 200)
    }
    for (const path of ['/v1/messages', '/messages']) {
      assert.equal(statusOf(await sendRaw(port, rawPost(path, messagesBody, close))), 200)
    }
    for (const path of ['/v1/messages/count_tokens', '/messages/count_tokens?beta=true']) {
      await sendRaw(port, rawPost(path, messagesBody, close))
    }
    assert.deepEqual(
      door.sessions.map(({ request }) => `${request.format} ${request.endpoint}`),
      [
        ...Array.from({ length: 3 }, () => 'openai-chat completion'),
        ...Array.from({ length: 2 }, () => 'anthropic-messages completion'),
        ...Array.from({ length: 2 }, () => 'anthropic-messages countTokens'),
      ],
    )
  })
})

test('a refusal tells its id under the name that the clients of its path show', async () => {
  await withServer({}, async ({ door, port }) => {
    door.verdict = 'noRoute'
    const asked: readonly (readonly [string, string])[] = [
      [chat, 'x-request-id'],
      ['/v1/messages', 'request-id'],
      ['/model/m/converse', 'x-amzn-requestid'],
      ['/model/m/count-tokens', 'x-amzn-requestid'],
      ['/v1beta/models/m:generateContent', 'x-goog-request-id'],
      ['/v2/chat', 'x-debug-trace-id'],
    ]
    for (const [path, name] of asked) {
      const answer = await sendRaw(port, rawPost(path, messagesBody, close))
      const [, own = ''] = /x-llm-fallback-request-id: (01TEST\d+)\r\n/.exec(answer) ?? []
      assert.ok(answer.includes(`\r\n${name}: ${own}\r\n`), `${path}: ${answer}`)
    }
    const broken = await sendRaw(port, 'POST /v1/chat/completions\r\n\r\n')
    assert.match(broken, /\r\nx-request-id: 01TEST/)
  })
})

test('no route and no policy are told apart, in the shape of the dialect', async () => {
  await withServer({}, async ({ door, port, rejected }) => {
    door.verdict = 'noRoute'
    const noRoute = await sendRaw(port, rawPost('/v1/messages', messagesBody, close))
    assert.equal(statusOf(noRoute), 404)
    assert.equal(jsonOf(noRoute)['type'], 'error')
    assert.equal(errorOf(noRoute)['code'], 'no_route')
    door.verdict = 'notReady'
    const notReady = await sendRaw(port, ask)
    assert.equal(statusOf(notReady), 503)
    assert.equal(errorOf(notReady)['code'], 'not_ready')
    assert.match(notReady, /retry-after: 1\r\n/)
    assert.deepEqual(
      rejected.map(({ outcome, status, code, requestedModel }) => [outcome, status, code, requestedModel]),
      [
        ['denied', 404, 'no_route', 'm'],
        ['denied', 503, 'not_ready', 'gpt-4o'],
      ],
    )
  })
})

const malformed: readonly (readonly [name: string, bytes: string, said: RegExp])[] = [
  ['no JSON', rawPost(chat, '{"model": ', close), /not valid JSON/],
  ['an empty body', rawPost(chat, '', close), /empty/],
  ['a list', rawPost(chat, '[]', close), /JSON object/],
  ['no model', rawPost(chat, '{"messages":[]}', close), /model/],
  ['a model that is a number', rawPost(chat, '{"model":1}', close), /model/],
  [
    'a deadline in words',
    rawPost(chat, chatBody, [...close, 'x-llm-fallback-deadline: soon']),
    /x-llm-fallback-deadline/,
  ],
  [
    'a deadline of zero',
    rawPost(chat, chatBody, [...close, 'x-llm-fallback-deadline: 0']),
    /x-llm-fallback-deadline/,
  ],
  [
    'a deadline of zero seconds',
    rawPost(chat, chatBody, [...close, 'x-llm-fallback-deadline: 0s']),
    /x-llm-fallback-deadline/,
  ],
  [
    'a negative deadline',
    rawPost(chat, chatBody, [...close, 'x-llm-fallback-deadline: -5s']),
    /x-llm-fallback-deadline/,
  ],
  [
    'two deadlines',
    rawPost(chat, chatBody, [...close, 'x-llm-fallback-deadline: 5s', 'x-llm-fallback-deadline: 6s']),
    /x-llm-fallback-deadline/,
  ],
  [
    'a switch that is not off',
    rawPost(chat, chatBody, [...close, 'x-llm-fallback: maybe']),
    /x-llm-fallback /,
  ],
]

test('a malformed request is a 400 that says what is wrong', async t => {
  await withServer({}, async ({ door, port }) => {
    for (const [name, bytes, said] of malformed) {
      await t.test(name, async () => {
        const answer = await sendRaw(port, bytes)
        assert.equal(statusOf(answer), 400)
        assert.match(String(errorOf(answer)['message']), said)
        assert.equal(door.sessions.length, 0)
      })
    }
  })
})

test('our request headers reach the walk', async () => {
  await withServer({}, async ({ door, port }) => {
    for (const deadline of ['1h30m', '100ms', '2500']) {
      await sendRaw(
        port,
        rawPost(chat, chatBody, [...close, `x-llm-fallback-deadline: ${deadline}`, 'x-llm-fallback: off']),
      )
    }
    assert.deepEqual(
      door.sessions.map(({ request }) => [request.deadlineMs, request.fallbackOff]),
      [
        [5_400_000, true],
        [100, true],
        [2_500, true],
      ],
    )
  })
})

test('the credential is read from every usual header', async () => {
  await withServer({}, async ({ door, port }) => {
    for (const header of ['Authorization: Bearer k1', 'x-api-key: k2', 'api-key: k3']) {
      await sendRaw(port, rawPost(chat, chatBody, [...close, header]))
    }
    assert.deepEqual(
      door.sessions.map(({ request }) => request.credential?.reveal()),
      ['k1', 'k2', 'k3'],
    )
  })
})

test('a caller who leaves aborts the walk at once', async () => {
  await withServer({}, async ({ door, port }) => {
    const aborted = Promise.withResolvers<Outcome>()
    door.walk = request => {
      request.signal.onAbort(() => aborted.resolve({ kind: 'abandoned', trail: [] }))
      return aborted.promise
    }
    const client = new RawClient(port)
    client.send(ask)
    while (door.sessions.length === 0) await pause(2)
    client.leave()
    await aborted.promise
    await pause(1)
    assert.deepEqual(door.session.ends, [{ outcome: 'cancelled', status: 0 }])
  })
})

test('a caller who has its answer does not abort anything', async () => {
  await withServer({}, async ({ door, port }) => {
    await sendRaw(port, ask)
    await pause(5)
    assert.equal(door.session.request.signal.aborted, false)
  })
})

test('a bug is a 500 that says nothing, logged without the words of the request', async () => {
  await withServer({}, async ({ door, port, logged }) => {
    door.walk = () => Promise.reject(new Error('secret prompt', { cause: new TypeError('more of it') }))
    const answer = await sendRaw(port, ask)
    assert.equal(statusOf(answer), 500)
    assert.equal(errorOf(answer)['code'], 'internal_error')
    assert.doesNotMatch(answer, /secret|more of it/)
    assert.equal(logged.length, 1)
    assert.match(logged[0] ?? '', /TypeError/)
    assert.doesNotMatch(logged[0] ?? '', /secret|more of it/)
    assert.deepEqual(door.session.ends, [{ outcome: 'error', status: 500, code: 'internal_error' }])
  })
})

test('connections are used again', async () => {
  await withServer({}, async ({ door, port }) => {
    const client = new RawClient(port)
    client.send(rawPost(chat, chatBody))
    await client.sees('hello')
    client.send(ask)
    const all = await client.closed()
    assert.equal(all.match(/HTTP\/1\.1 200/g)?.length, 2)
    assert.equal(door.sessions.length, 2)
  })
})
