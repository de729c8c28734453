// What the caller is told when nothing served.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { askMessages } from '../support/ask.ts'
import { type RequestHandler, resetBeforeResponse, respond, silence } from '../support/scripted-provider.ts'
import { openStage, type Stage, twoSteps } from './stage.ts'
import { failWith, rateLimited } from './wire.ts'

const cases: readonly {
  readonly name: string
  readonly failing: readonly [RequestHandler, RequestHandler]
  readonly status: number
  readonly code: string
  readonly retryAfter?: string
  readonly shouldRetry?: 'false'
}[] = [
  {
    name: 'both-limited',
    failing: [rateLimited(50), rateLimited(40)],
    status: 429,
    code: 'rate_limited',
    retryAfter: '40',
  },
  {
    name: 'one-limited',
    failing: [failWith(500), rateLimited(45)],
    status: 429,
    code: 'rate_limited',
    retryAfter: '45',
  },
  {
    name: 'overloaded',
    failing: [failWith(529), failWith(500)],
    status: 503,
    code: 'overloaded',
    retryAfter: '1',
  },
  { name: 'server-errors', failing: [failWith(500), failWith(500)], status: 503, code: 'server_error' },
  { name: 'timeouts', failing: [silence(), silence()], status: 504, code: 'timeout' },
  { name: 'resets', failing: [resetBeforeResponse(), failWith(500)], status: 502, code: 'connect_error' },
  {
    name: 'not-json',
    failing: [respond({ status: 200, text: 'x' }), failWith(500)],
    status: 502,
    code: 'invalid_response',
  },
  {
    name: 'keys',
    failing: [failWith(401), failWith(500)],
    status: 502,
    code: 'auth_failed',
    shouldRetry: 'false',
  },
  {
    name: 'models',
    failing: [failWith(404, { code: 'model_not_found' }), failWith(500)],
    status: 502,
    code: 'model_unavailable',
    shouldRetry: 'false',
  },
  {
    name: 'quota',
    failing: [failWith(429, { type: 'insufficient_quota', code: 'insufficient_quota' }), failWith(500)],
    status: 429,
    code: 'quota_exhausted',
    shouldRetry: 'false',
  },
]

let stage: Stage
before(async () => {
  const hurried = { timeout: { total: '300ms' } }
  stage = await openStage({ routes: cases.map(({ name }) => twoSteps(name, hurried, hurried)) })
})
after(() => stage.close())

describe('an exhausted chain', () => {
  for (const { name, failing, status, code, retryAfter, shouldRetry } of cases) {
    test(`${name}: ${status} ${code}`, async () => {
      stage.first.script(failing[0])
      stage.second.script(failing[1])
      const answer = await stage.ask({ model: name })
      assert.equal(answer.status, status, answer.text)
      assert.partialDeepStrictEqual(answer.json, { error: { type: 'llm_fallback_error', code } })
      assert.equal(answer.headers.get('retry-after') ?? undefined, retryAfter)
      assert.equal(answer.headers.get('x-should-retry') ?? undefined, shouldRetry)
      assert.equal(answer.verdict.served, undefined)
      assert.match(answer.verdict.attempts ?? '', /^primary;.*, backup;/)
    })
  }
})

test('Anthropic’s shape carries the usual type of the status and our code beside it', async () => {
  stage.first.script(rateLimited(51))
  stage.second.script(rateLimited(52))
  const answer = await askMessages(stage.sidecar.url, { model: 'server-errors' })
  assert.equal(answer.status, 429)
  assert.partialDeepStrictEqual(answer.json, {
    type: 'error',
    error: { type: 'rate_limit_error', code: 'rate_limited' },
  })
})

test('a prompt that is too long keeps the dialect’s own form', async () => {
  const tooLong = () =>
    failWith(400, {
      code: 'context_length_exceeded',
      type: 'invalid_request_error',
      message: 'maximum context length',
    })
  stage.first.script(tooLong(), tooLong())
  const chat = await stage.ask({ model: 'models' })
  assert.equal(chat.status, 400)
  assert.partialDeepStrictEqual(chat.json, { error: { code: 'context_length_exceeded' } })
  const messages = await askMessages(stage.sidecar.url, { model: 'models' })
  assert.equal(messages.status, 400)
  assert.match(messages.text, /prompt is too long/)
})

test('what the provider says about its key stays with us', async () => {
  stage.first.script(failWith(401, { message: 'Incorrect API key provided: sk-planted' }))
  stage.second.script(failWith(401, { message: 'Incorrect API key provided: sk-planted' }))
  const answer = await stage.ask({ model: 'overloaded' })
  assert.doesNotMatch(answer.text, /planted|Incorrect/)
})
