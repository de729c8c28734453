// What went wrong at a vendor reaches callers of every dialect in their own form, before and after the first words.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type FailureKind, failureCode } from '../../crds/vocabulary.ts'
import type { CompletionRequest } from '../../sidecar/dialect/completion.ts'
import { accumulateParts } from '../conformance/accumulate-parts.ts'
import { assertErrorShape } from '../conformance/error-shapes.ts'
import { readStream } from '../conformance/read-stream.ts'
import {
  type RequestHandler,
  resetBeforeResponse,
  respond,
  stream as streamed,
} from '../support/scripted-provider.ts'
import { type Caller, callers } from './pairs/callers.ts'
import { openPairStage, type PairAnswer, type PairStage } from './pairs/stage.ts'
import { type Vendor, vendors } from './pairs/vendors.ts'
import { chatChunk, openingChunk } from './wire.ts'

let stage: PairStage
before(async () => {
  stage = await openPairStage()
})
after(() => stage.close())

interface Scene {
  readonly kind: FailureKind
  /** What the vendor does. */
  readonly play: RequestHandler
  /** What the caller reads. */
  readonly status: number
  readonly retryAfter?: string
  readonly shouldRetry?: string
}

const error = (
  status: number,
  type: string,
  more: { message?: string; headers?: Record<string, string> } = {},
) =>
  respond({
    status,
    ...(more.headers && { headers: more.headers }),
    json: { type: 'error', error: { type, message: more.message ?? 'it failed' }, request_id: 'req_1' },
  })

const scenes: readonly Scene[] = [
  {
    kind: 'RateLimited',
    play: error(429, 'rate_limit_error', { headers: { 'retry-after': '7' } }),
    status: 429,
    retryAfter: '7',
  },
  { kind: 'QuotaExhausted', play: error(402, 'billing_error'), status: 429, shouldRetry: 'false' },
  { kind: 'Overloaded', play: error(529, 'overloaded_error'), status: 503, retryAfter: '1' },
  { kind: 'ServerError', play: error(500, 'api_error'), status: 503 },
  { kind: 'Timeout', play: error(504, 'timeout_error'), status: 504 },
  { kind: 'ConnectError', play: resetBeforeResponse(), status: 502 },
  { kind: 'InvalidResponse', play: respond({ json: { type: 'message' } }), status: 502 },
  { kind: 'AuthFailed', play: error(401, 'authentication_error'), status: 502, shouldRetry: 'false' },
  { kind: 'ModelUnavailable', play: error(404, 'not_found_error'), status: 502, shouldRetry: 'false' },
  {
    kind: 'ContextOverflow',
    play: error(400, 'invalid_request_error', { message: 'prompt is too long: 9 tokens > 8 maximum' }),
    status: 400,
    shouldRetry: 'false',
  },
]

const question: CompletionRequest = {
  model: 'named by the vendor',
  stream: false,
  messages: [{ role: 'user', content: [{ kind: 'text', text: 'Hello' }] }],
  tools: [],
  maxOutputTokens: 100,
  untranslated: [],
}

const anthropic = vendorNamed('anthropic')
const openai = vendorNamed('openai')

for (const caller of callers) {
  describe(`${caller.name}`, () => {
    for (const scene of scenes) {
      for (const stream of [false, true]) {
        test(`${scene.kind} of a ${stream ? 'stream' : 'whole answer'} has status and shape`, () =>
          assertToldInTime(caller, scene, stream))
      }
    }
    test('a model that no route has', () => assertNoRoute(caller))
    for (const agent of ['', 'OpenAI/Java 4.0.0', 'langchain4j-openai', 'spring-ai', 'Java-http-client/21']) {
      const words = agent === '' ? '' : `, for ${agent}`
      test(`a stream that breaks after its first words${words}`, () => assertBroken(caller, agent))
    }
  })
}

/** No breaker is asked: the scenes would open it for one another. */
const straight = { 'x-llm-fallback': 'off' }

async function assertToldInTime(caller: Caller, scene: Scene, stream: boolean): Promise<void> {
  // From a vendor of another dialect, so that the words are ours.
  const vendor = caller.dialect.format === 'anthropic-messages' ? openai : anthropic
  stage.serverOf(vendor).script(scene.play)
  const answer = await stage.ask(caller, { ...question, stream, model: vendor.name }, straight)
  assert.equal(answer.status, scene.status, answer.bytes.toString('utf8'))
  assert.equal(answer.headers.get('retry-after'), scene.retryAfter ?? null)
  assert.equal(answer.headers.get('x-should-retry'), scene.shouldRetry ?? null)
  assert.match(answer.verdict.attempts ?? '', new RegExp(`^only;failure=${scene.kind}\\b`))
  assertError(caller, answer, failureCode(scene.kind))
}

async function assertNoRoute(caller: Caller): Promise<void> {
  const answer = await stage.ask(caller, { ...question, model: 'nobody' })
  assert.equal(answer.status, 404)
  assertError(caller, answer, 'no_route')
}

async function assertBroken(caller: Caller, agent: string): Promise<void> {
  const isForeign = caller.dialect.format !== 'openai-chat' && caller.dialect.format !== 'openai-responses'
  const vendor = isForeign ? openai : anthropic
  stage.serverOf(vendor).script(isForeign ? brokenChat : brokenMessage)
  const headers = { ...straight, 'user-agent': agent }
  const answer = await stage.ask(caller, { ...question, stream: true, model: vendor.name }, headers)
  assert.equal(answer.status, 200)
  const { parts } = readStream(caller.dialect, [answer.bytes], caller.framing)
  const { error: told, hasEnded } = accumulateParts(parts)
  assert.equal(hasEnded, false)
  assert.equal(answer.isCut, mustBeCut(caller, agent))
  if (caller.writesErrorsBare) {
    const last = answer.bytes.toString('utf8').trimEnd().split('\n').at(-1) ?? ''
    return assertErrorShape(caller.dialect, JSON.parse(last), { status: 502, code: 'stream_interrupted' })
  }
  assert.equal(told?.cameAfterText, true)
}

/** Cohere's format has no error event, and those clients pass over that of others. */
function mustBeCut({ name }: Caller, agent: string): boolean {
  if (name === 'Cohere') return true
  const isOthers = /^(?:langchain|spring|Java-)/.test(agent)
  return isOthers && ['OpenAI chat', 'OpenAI Responses', 'Azure OpenAI', 'Anthropic'].includes(name)
}

const brokenChat = streamed([openingChunk, chatChunk({ content: 'Half an ans' }), { waitMs: 20 }, 'reset'])

const event = (type: string, more: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`
const brokenMessage = streamed([
  event('message_start', {
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [],
      stop_reason: null,
      usage: { input_tokens: 3, output_tokens: 1 },
    },
  }),
  event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Half an ans' } }),
  { waitMs: 20 },
  'reset',
])

function assertError(caller: Caller, answer: PairAnswer, code: string): void {
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/)
  const body = JSON.parse(answer.bytes.toString('utf8'))
  assertErrorShape(caller.dialect, body, { status: answer.status, code })
  const expected = caller.dialect.errorHeaders?.({ status: answer.status, code, message: '', requestId: '' })
  for (const name of Object.keys(expected ?? {})) assert.ok(answer.headers.has(name), `no header ${name}`)
}

function vendorNamed(name: string): Vendor {
  return vendors.find(vendor => vendor.name === name) ?? assert.fail(`no vendor ${name}`)
}
