import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { chatText } from '../support/ask.ts'
import { targetStep } from '../support/policy-objects.ts'
import { head } from '../support/scripted-answers.ts'
import {
  type RequestHandler,
  rawThenClose,
  rawThenReset,
  resetBeforeResponse,
  respond,
  silence,
} from '../support/scripted-provider.ts'
import { openStage, plain, routeFor, type Stage, twoSteps } from './stage.ts'
import { chat, chatBody, failWith, message, rateLimited } from './wire.ts'

/** What the primary does, and the reason that the caller reads. */
const rescued: readonly (readonly [string, RequestHandler, string])[] = [
  ['429', rateLimited(120), 'rate_limit_429'],
  ['429-quota', failWith(429, { type: 'insufficient_quota', code: 'insufficient_quota' }), 'quota_exhausted'],
  ['500', failWith(500, { type: 'server_error' }), 'upstream_5xx'],
  ['503', failWith(503), 'upstream_5xx'],
  ['529', failWith(529), 'upstream_5xx'],
  ['401', failWith(401, { code: 'invalid_api_key' }), 'auth_error'],
  ['404', failWith(404, { code: 'model_not_found' }), 'model_unavailable'],
  [
    'html-502',
    respond({ status: 502, headers: { 'content-type': 'text/html' }, text: '<html>' }),
    'upstream_5xx',
  ],
  // The head has said what failed, whatever becomes of the words.
  ['500-cut', rawThenReset(`${head(500, { 'content-length': '90' })}{"error":`), 'upstream_5xx'],
  [
    '429-cut',
    rawThenClose(`${head(429, { 'content-length': '90', 'retry-after': '120' })}{`),
    'rate_limit_429',
  ],
  ['reset', resetBeforeResponse(), 'connection_error'],
  ['silence', silence(), 'timeout'],
  [
    'not-json',
    respond({ status: 200, headers: { 'content-type': 'application/json' }, text: 'oops' }),
    'invalid_response',
  ],
  ['empty', respond({ status: 200, json: {} }), 'invalid_response'],
  [
    'error-in-200',
    respond({ status: 200, json: { error: { type: 'server_error', message: 'x' } } }),
    'upstream_5xx',
  ],
  [
    'redirect',
    respond({ status: 307, headers: { location: 'http://127.0.0.1:9/' }, text: '' }),
    'invalid_response',
  ],
]

let stage: Stage
before(async () => {
  stage = await openStage({
    routes: [
      ...rescued.map(([name]) => twoSteps(name, { timeout: { total: '500ms' } })),
      twoSteps('bad-request'),
      twoSteps('refusal'),
      twoSteps('refusal-listed', {}, { when: ['GuardrailBlocked'] }),
      twoSteps('when', {}, { when: ['Timeout'] }),
      twoSteps('retried', { retry: { attempts: 2, backoff: { initial: '1ms', factor: 1, max: '2ms' } } }),
      twoSteps('not-retried', { retry: { attempts: 2 }, timeout: { total: '200ms' } }),
      twoSteps('waits', { retry: { attempts: 1 } }),
      {
        ...twoSteps('few', { retry: { attempts: 5, backoff: { initial: '1ms', factor: 1, max: '1ms' } } }),
        limits: { attempts: 3 },
      },
      routeFor('capped', [
        targetStep('primary', { provider: 'first', model: 'capped-1', maxOutputTokens: 16 }, plain),
      ]),
      routeFor('translated', [
        targetStep('primary', { provider: 'first', model: 'translated-1' }, plain),
        targetStep('backup', { provider: 'other', model: 'translated-2' }, plain),
      ]),
    ],
  })
})
after(() => stage.close())

describe('a failure of the primary is rescued', () => {
  for (const [name, failing, reason] of rescued) {
    test(`${name}: ${reason}`, async () => {
      stage.first.script(failing)
      stage.second.script(chat('rescued'))
      const answer = await stage.ask({ model: name })
      assert.equal(answer.status, 200, answer.text)
      assert.equal(chatText(answer), 'rescued')
      assert.equal(answer.verdict.served?.step, 'backup')
      assert.equal(answer.verdict.hop, 1)
      assert.equal(answer.verdict.reason, reason)
    })
  }
})

test('a healthy primary serves at hop 0 without a reason', async () => {
  stage.first.script(chat('primary'))
  const answer = await stage.ask({ model: 'when' })
  assert.equal(answer.verdict.served?.step, 'primary')
  assert.equal(answer.verdict.hop, 0)
  assert.equal(answer.verdict.reason, undefined)
})

test('a bad request goes back as the provider answered it and is sent to nobody else', async () => {
  const asked = stage.second.requests.length
  stage.first.script(
    failWith(400, { type: 'invalid_request_error', code: 'unknown_parameter', message: 'no such thing' }),
  )
  const answer = await stage.ask({ model: 'bad-request' })
  assert.equal(answer.status, 400)
  assert.deepEqual(answer.json['error'], {
    message: 'no such thing',
    type: 'invalid_request_error',
    param: null,
    code: 'unknown_parameter',
  })
  assert.equal(stage.second.requests.length, asked)
})

test('a refusal is never routed around by accident', async () => {
  const asked = stage.second.requests.length
  stage.first.script(respond({ status: 200, json: refusalBody() }))
  const answer = await stage.ask({ model: 'refusal' })
  assert.equal(answer.status, 200)
  assert.match(answer.text, /I cannot help with that/)
  assert.equal(stage.second.requests.length, asked)
})

test('a refusal enters a step that lists it', async () => {
  stage.first.script(respond({ status: 200, json: refusalBody() }))
  stage.second.script(chat('another view'))
  const answer = await stage.ask({ model: 'refusal-listed' })
  assert.equal(chatText(answer), 'another view')
  assert.equal(answer.verdict.reason, 'guardrail_block')
})

test('a step whose `when` does not list the failure is passed by', async () => {
  const asked = stage.second.requests.length
  stage.first.script(failWith(500))
  const answer = await stage.ask({ model: 'when' })
  assert.equal(answer.status, 503)
  assert.equal(answer.verdict.served, undefined)
  assert.equal(stage.second.requests.length, asked)
})

test('the same target is asked again as often as `retry` says', async () => {
  const asked = stage.first.requests.length
  stage.first.script(failWith(500), failWith(503), chat('third time'))
  const answer = await stage.ask({ model: 'retried' })
  assert.equal(chatText(answer), 'third time')
  assert.equal(stage.first.requests.length - asked, 3)
  assert.equal(answer.verdict.hop, 0)
  assert.match(
    answer.verdict.attempts ?? '',
    /^primary;failure=ServerError.*, primary;.*retry=1.*, primary;served;.*retry=2/,
  )
})

test('a timeout is never asked again at the same target', async () => {
  const asked = stage.first.requests.length
  stage.first.script(silence())
  stage.second.script(chat('elsewhere'))
  const answer = await stage.ask({ model: 'not-retried' })
  assert.equal(chatText(answer), 'elsewhere')
  assert.equal(stage.first.requests.length - asked, 1)
})

test('a rate limit is waited for when the wait fits the deadline', async () => {
  stage.first.script(rateLimited(1), chat('after the wait'))
  const startedAt = performance.now()
  const answer = await stage.ask({ model: 'waits' })
  assert.equal(chatText(answer), 'after the wait')
  assert.ok(performance.now() - startedAt >= 990)
})

test('a walk makes no more attempts than its limit', async () => {
  const asked = stage.first.requests.length + stage.second.requests.length
  stage.first.script(failWith(500), failWith(500), failWith(500))
  const answer = await stage.ask({ model: 'few' })
  assert.equal(answer.status, 503)
  assert.equal(stage.first.requests.length + stage.second.requests.length - asked, 3)
})

test('a step caps what the caller asked for', async () => {
  stage.first.script(chat('short'))
  await stage.ask({ model: 'capped', more: { max_tokens: 900 } })
  const body: unknown = JSON.parse(stage.first.requests.at(-1)?.body ?? '')
  assert.deepEqual(body, {
    model: 'capped-1',
    messages: [{ role: 'user', content: 'Hello' }],
    max_tokens: 16,
  })
})

test('bytes that no policy changes reach a provider of the same dialect untouched', async () => {
  stage.first.script(chat('seen'))
  const more = { unknown_member: { deep: [1, 'two', null] }, seed: 12345678901234567890n.toString() }
  await stage.ask({ model: 'when', content: 'ünïcödé \u2028 🙂', more })
  const sent = stage.first.requests.at(-1)?.body ?? ''
  assert.equal(
    sent,
    JSON.stringify({ model: 'when-1', messages: [{ role: 'user', content: 'ünïcödé \u2028 🙂' }], ...more }),
  )
})

test('each attempt is built from the caller’s request, not from the one before', async () => {
  stage.first.script(failWith(500))
  stage.other.script(message('bonjour'))
  const more = { temperature: 0.5, logprobs: true, seed: 7, max_tokens: 33 }
  const answer = await stage.ask({ model: 'translated', content: 'the question', more })
  assert.equal(chatText(answer), 'bonjour')
  const sent: unknown = JSON.parse(stage.other.requests.at(-1)?.body ?? '')
  assert.partialDeepStrictEqual(sent, { model: 'translated-2', max_tokens: 33 })
  assert.match(stage.other.requests.at(-1)?.body ?? '', /the question/)
  assert.deepEqual((answer.verdict.drops ?? '').split(', ').sort(), ['logprobs', 'seed'])
})

function refusalBody(): object {
  const body = JSON.stringify(chatBody('x')).replace(
    '"content":"x","refusal":null',
    '"content":null,"refusal":"I cannot help with that"',
  )
  const parsed: unknown = JSON.parse(body)
  assert.ok(typeof parsed === 'object' && parsed !== null)
  return parsed
}
