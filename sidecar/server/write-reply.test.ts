import assert from 'node:assert/strict'
import test from 'node:test'
import {
  chatBody,
  jsonOf,
  rawPost,
  sendRaw,
  statusOf,
  streamBody,
  withServer,
} from '../../test/support/inbound/data-server-kit.ts'
import { chatAnswer, primary, servedWhole } from '../../test/support/inbound/scripted-door.ts'
import type { ExhaustedVerdict, Outcome, Reply } from '../chain/outcome.ts'
import { Confidential } from '../failure/confidential.ts'

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

function exhausted(
  verdict: Partial<ExhaustedVerdict> & Pick<ExhaustedVerdict, 'failure' | 'status'>,
): Outcome {
  return { kind: 'exhausted', verdict: { mayRetry: true, ...verdict }, trail: [] }
}

function served(reply: Reply): Outcome {
  const floor = {
    name: 'floor',
    hop: 3,
    kind: reply.kind === 'manual' ? ('manual' as const) : ('cache' as const),
    drops: [],
  }
  return { kind: 'served', step: floor, reply, trail: [{ kind: 'floor', step: 'floor', hop: 3 }] }
}

test('a native answer reaches its caller byte for byte', async () => {
  await withServer({}, async ({ door, port }) => {
    const odd = { ...chatAnswer, unknown_field: 1.5 }
    door.walk = () => Promise.resolve(servedWhole(odd))
    const answer = await sendRaw(port, ask)
    assert.equal(statusOf(answer), 200)
    assert.equal(answer.slice(answer.indexOf('\r\n\r\n') + 4), JSON.stringify(odd))
    assert.match(answer, /x-request-id: req_upstream/)
    assert.match(answer, /x-llm-fallback-request-id: 01TEST1/)
    assert.match(answer, /x-llm-fallback-policy: copilot@3\r\nx-llm-fallback-route: chat/)
    assert.deepEqual(door.session.ends, [{ outcome: 'success', status: 200, path: 'primary' }])
  })
})

test("an answer of another dialect is written in the caller's", async () => {
  await withServer({}, async ({ door, port }) => {
    const outcome = servedWhole(undefined, { ...primary, hop: 1, name: 'second' })
    if (outcome.kind !== 'served' || outcome.reply.kind !== 'whole') throw new Error('it serves')
    const { native: _native, ...reply } = outcome.reply
    door.walk = () => Promise.resolve({ ...outcome, reply })
    const answer = await sendRaw(port, rawPost('/v1/messages?beta=true', messagesBody, close))
    assert.equal(jsonOf(answer)['type'], 'message')
    assert.match(answer, /request-id: 01TEST1/)
    assert.equal(door.session.ends[0]?.path, 'fallback')
  })
})

test('an answer whose vendor tells neither id nor model gets both', async () => {
  await withServer({}, async ({ door, port }) => {
    const outcome = servedWhole()
    if (outcome.kind !== 'served' || outcome.reply.kind !== 'whole') throw new Error('it serves')
    const { completion } = outcome.reply
    if (completion === undefined) throw new Error('it is a completion')
    const reply = { kind: 'whole', completion: { ...completion, id: '', model: '' } } as const
    door.walk = () => Promise.resolve({ ...outcome, reply })
    const answer = jsonOf(await sendRaw(port, ask))
    assert.match(String(answer['id']), /^chatcmpl-01TEST1/)
    assert.equal(answer['model'], primary.origin?.model)
  })
})

test('an exhausted chain is told in the dialect, with how long to wait', async () => {
  await withServer({}, async ({ door, port }) => {
    const failure = {
      kind: 'RateLimited' as const,
      detail: 'slow down',
      message: new Confidential('limit of sk-secret'),
    }
    door.walk = () => Promise.resolve(exhausted({ failure, status: 429, retryAfterSeconds: 7 }))
    const answer = await sendRaw(port, ask)
    assert.equal(statusOf(answer), 429)
    assert.match(answer, /retry-after: 7\r\n/)
    assert.doesNotMatch(answer, /x-should-retry/)
    assert.deepEqual(errorOf(answer), {
      message: 'limit of ***',
      type: 'llm_fallback_error',
      code: 'rate_limited',
      param: null,
    })
    assert.deepEqual(door.session.ends, [{ outcome: 'exhausted', status: 429, code: 'rate_limited' }])
  })
})

test('a failure that no retry cures says so, and what was said about a key stays inside', async () => {
  await withServer({}, async ({ door, port }) => {
    const failure = {
      kind: 'AuthFailed' as const,
      detail: 'the provider refused the credential',
      message: new Confidential('bad key'),
    }
    door.walk = () => Promise.resolve(exhausted({ failure, status: 502, mayRetry: false }))
    const answer = await sendRaw(port, ask)
    assert.match(answer, /x-should-retry: false/)
    assert.equal(errorOf(answer)['message'], 'the provider refused the credential')
  })
})

test('a context overflow takes the form that clients know', async () => {
  await withServer({}, async ({ door, port }) => {
    const failure = { kind: 'ContextOverflow' as const, detail: 'too long' }
    door.walk = () => Promise.resolve(exhausted({ failure, status: 400, mayRetry: false }))
    assert.equal(errorOf(await sendRaw(port, ask))['code'], 'context_length_exceeded')
  })
})

test("the provider's own answer is given as it came, but for secrets", async () => {
  await withServer({}, async ({ door, port }) => {
    const body = Buffer.from('{"error":{"message":"bad sk-secret","odd":1}}')
    const verbatim = { status: 422, contentType: 'application/problem+json', body }
    const failure = { kind: 'BadRequest' as const, detail: 'refused' }
    door.walk = () => Promise.resolve(exhausted({ failure, status: 400, mayRetry: false, verbatim }))
    const answer = await sendRaw(port, rawPost(chat, streamBody, close))
    assert.equal(statusOf(answer), 422)
    assert.match(answer, /content-type: application\/problem\+json/)
    assert.deepEqual(errorOf(answer), { message: 'bad ***', odd: 1 })
    assert.deepEqual(door.session.ends, [{ outcome: 'error', status: 422, code: 'bad_request' }])
  })
})

test('a manual answer is a normal one, whole or streamed, in either dialect', async () => {
  await withServer({}, async ({ door, port }) => {
    door.walk = () => Promise.resolve(served({ kind: 'manual', text: 'Please try later.', status: 200 }))
    const whole = jsonOf(await sendRaw(port, ask))
    assert.match(JSON.stringify(whole), /"content":"Please try later\.".*"finish_reason":"stop"/)
    assert.match(JSON.stringify(whole), /"prompt_tokens":0,"completion_tokens":0/)
    assert.match(
      await sendRaw(port, rawPost(chat, streamBody, close)),
      /"content":"Please try later\."[\s\S]*\[DONE\]/,
    )
    const anthropic = messagesBody.replace('{', '{"stream":true,')
    assert.match(
      await sendRaw(port, rawPost('/v1/messages', anthropic, close)),
      /end_turn[\s\S]*event: message_stop/,
    )
    assert.deepEqual(
      door.sessions.map(({ ends }) => ends[0]?.path),
      ['manual', 'manual', 'manual'],
    )
  })
})

test("a manual 503 has the dialect's error shape with its text", async () => {
  await withServer({}, async ({ door, port }) => {
    door.walk = () => Promise.resolve(served({ kind: 'manual', text: 'Closed.', status: 503 }))
    for (const body of [chatBody, streamBody]) {
      const answer = await sendRaw(port, rawPost(chat, body, close))
      assert.equal(statusOf(answer), 503)
      assert.equal(errorOf(answer)['message'], 'Closed.')
    }
    assert.equal(door.sessions[0]?.ends[0]?.outcome, 'success')
  })
})

test('a kept answer serves whoever asks, whole or as a stream', async () => {
  const origin = { provider: 'openai', model: 'gpt-4o' }
  const chunk = (rest: object) =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o', ...rest })}\n\n`
  const text = [
    chunk({ choices: [{ index: 0, delta: { role: 'assistant', content: 'kept' }, finish_reason: null }] }),
    chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
    chunk({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 } }),
    'data: [DONE]\n\n',
  ].join('')
  const bodies = [
    { kind: 'stream' as const, text },
    { kind: 'whole' as const, bytes: Buffer.from(JSON.stringify(chatAnswer).replace('hello', 'kept')) },
  ]
  await withServer({}, async ({ door, port }) => {
    for (const body of bodies) {
      door.walk = () =>
        Promise.resolve(served({ kind: 'stored', answer: { body, origin, storedAt: 0 }, ageSeconds: 12 }))
      const whole = JSON.stringify(jsonOf(await sendRaw(port, ask)))
      assert.match(whole, /"content":"kept".*"finish_reason":"stop".*"prompt_tokens":3/)
      const streamed = await sendRaw(port, rawPost(chat, streamBody, close))
      assert.match(streamed, /"content":"kept"[\s\S]*"finish_reason":"stop"[\s\S]*\[DONE\]/)
      assert.doesNotMatch(streamed, /prompt_tokens/)
    }
  })
})

test('a whole answer is kept when the cache wants it and it is complete', async () => {
  await withServer({}, async ({ door, port }) => {
    door.wantsAnswers = true
    await sendRaw(port, ask)
    assert.deepEqual(door.session.stored, [{ kind: 'whole', bytes: Buffer.from(JSON.stringify(chatAnswer)) }])
  })
})
