// Every recorded answer means to the dialect what its `expect` says.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CompletionReply, JsonValue, ReplyPart } from '../../sidecar/dialect/completion.ts'
import type { Dialect } from '../../sidecar/dialect/dialect.ts'
import { judgeReply, refusalOf } from '../../sidecar/dialect/judge-reply.ts'
import { classifyResponse } from '../../sidecar/failure/classify-response.ts'
import type { Failure } from '../../sidecar/failure/failure.ts'
import { accumulateParts } from './accumulate-parts.ts'
import { bodyBytes, headOfRecording, type Recording } from './read-recordings.ts'
import { cutAtRandom, framingOfAnswer, readStream, seededRandom } from './read-stream.ts'

/** What came out of an answer, as far as it came. */
interface Observation {
  readonly reply?: CompletionReply
  readonly failure?: Failure
  readonly malformedEvents: number
}

export function describeRecordedAnswers(dialect: Dialect, recordings: readonly Recording[]): void {
  for (const recording of recordings) {
    describe(recording.name, () => {
      const seed = Date.now() % 2 ** 31
      test(`is read as recorded (borders of seed ${seed})`, () => {
        const observation = observe(dialect, recording, seed)
        assertFailure(recording, observation)
        if (recording.expect.finish !== undefined && observation.reply !== undefined) {
          assertAnswer(recording, observation.reply)
        }
        assert.equal(observation.malformedEvents, 0)
      })
    })
  }
}

function observe(dialect: Dialect, recording: Recording, seed: number): Observation {
  const { status, headers } = recording.response
  const body = bodyBytes(recording)
  if (status >= 300) {
    const wallTime = Date.parse(headers['date'] ?? '2026-01-01T00:00:00Z')
    const failure = classifyResponse({ dialect: dialect.provider, status, headers, body, wallTime })
    return { failure, malformedEvents: 0 }
  }
  const asked =
    recording.request.body &&
    dialect.decodeRequest(recording.request.body, headOfRecording(dialect, recording))
  const judge = (reply: CompletionReply) =>
    refusalOf(reply) ?? judgeReply(reply, { hasStopSequences: (asked?.stop ?? []).length > 0 })
  const observation = recording.expect.streamed
    ? observeStream(recording, { dialect, body, seed })
    : observeWhole(dialect, body)
  if (observation.failure !== undefined || observation.reply === undefined) return observation
  const failure = judge(observation.reply)
  return failure === undefined ? observation : { ...observation, failure }
}

function observeWhole(dialect: Dialect, body: Buffer): Observation {
  const decoded = dialect.decodeReply(JSON.parse(body.toString('utf8')))
  if (decoded.kind === 'failed') return { failure: decoded.failure, malformedEvents: 0 }
  return { reply: decoded.reply, malformedEvents: 0 }
}

function observeStream(
  { response }: Recording,
  { dialect, body, seed }: { dialect: Dialect; body: Buffer; seed: number },
): Observation {
  const framing = framingOfAnswer(response.headers['content-type'] ?? '')
  const { parts, malformedEvents } = readStream(dialect, cutAtRandom(body, seededRandom(seed)), framing)
  const { reply, error } = accumulateParts(parts)
  if (error === undefined) return { reply, malformedEvents }
  // The walk's own rule: what breaks after visible text is an interrupted stream, whatever broke it.
  const failure: Failure = error.cameAfterText
    ? { ...error.failure, kind: 'StreamInterrupted' }
    : error.failure
  return { reply, failure, malformedEvents }
}

function assertFailure({ expect }: Recording, { failure }: Observation): void {
  const accepted = [expect.failure, ...(expect.failureAlternatives ?? [])]
  const kind = failure?.kind ?? null
  assert.ok(accepted.includes(kind), `${kind} is none of ${accepted.join(', ')}`)
  if (kind !== expect.failure) return
  assert.equal(failure?.retryAfterMs, expect.retryAfterMs)
}

function assertAnswer({ expect }: Recording, reply: CompletionReply): void {
  const choice = reply.choices[0]
  const parts = choice?.content ?? []
  assert.equal(textOf(parts, 'text'), expect.text)
  assert.deepEqual(toolCallsOf(parts), expect.toolCalls)
  assert.equal(choice?.finish ?? null, expect.finish)
  assert.equal(choice?.vendorFinish ?? null, expect.vendorFinish)
  assert.equal(textOf(parts, 'reasoning'), expect.reasoningText ?? '')
  assert.equal(textOf(parts, 'refusal'), expect.refusal ?? '')
  if (expect.choices !== undefined) assert.equal(reply.choices.length, expect.choices)
  assert.deepEqual(kindsIn(otherItemsOf(parts)), kindsIn(expect.otherItems ?? []))
  assertUsage(expect.usage, reply)
}

function assertUsage(expected: Recording['expect']['usage'], reply: CompletionReply): void {
  if (expected === null || expected === undefined) {
    assert.equal(reply.usage, undefined)
    return
  }
  for (const [counter, tokens] of Object.entries(expected)) {
    const observed = Object.entries(reply.usage ?? {}).find(([name]) => name === counter)?.[1]
    assert.equal(observed ?? null, tokens, `usage.${counter}`)
  }
}

function textOf(parts: readonly ReplyPart[], kind: 'text' | 'reasoning' | 'refusal'): string {
  return parts.map(part => (part.kind === kind ? part.text : '')).join('')
}

function toolCallsOf(parts: readonly ReplyPart[]): readonly { name: string; arguments: JsonValue }[] {
  return parts.flatMap(part =>
    part.kind === 'toolCall' ? [{ name: part.name, arguments: argumentsOf(part.argumentsText) }] : [],
  )
}

/** A JSON value, or the text itself where a limit cut it. */
function argumentsOf(text: string): JsonValue {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Some vendors send one item in several pieces: which kinds there are is what counts. */
function kindsIn(items: readonly string[]): readonly string[] {
  return [...new Set(items)].sort()
}

function otherItemsOf(parts: readonly ReplyPart[]): readonly string[] {
  return parts.flatMap(part => {
    if (part.kind === 'other') return [part.itemKind]
    return part.kind === 'reasoning' && part.redactedData !== undefined ? ['redacted_thinking'] : []
  })
}
