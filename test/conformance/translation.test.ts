// From one dialect to the other nothing is lost that both can say.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { anthropicMessages } from '../../sidecar/dialect/anthropic-messages/anthropic-messages.ts'
import type {
  CompletionReply,
  CompletionRequest,
  ContentPart,
  JsonValue,
} from '../../sidecar/dialect/completion.ts'
import type { Dialect } from '../../sidecar/dialect/dialect.ts'
import { openaiChat } from '../../sidecar/dialect/openai-chat/openai-chat.ts'
import { commonAbilities } from './abilities.ts'
import { accumulateParts } from './accumulate-parts.ts'
import { neutralReply, neutralRequest } from './neutral-arbitraries.ts'
import { bodyBytes, type RecordingFolder, readRecordings } from './read-recordings.ts'
import { cutAtRandom, readStream, seededRandom } from './read-stream.ts'
import { encodeAsStream } from './round-trips.ts'

/** The first turn where a wire wants the user's and the caller began with the assistant's. */
const filler = 'user: .'

interface Direction {
  readonly from: Dialect
  readonly to: Dialect
  readonly folders: readonly RecordingFolder[]
}

const directions: readonly Direction[] = [
  { from: openaiChat, to: anthropicMessages, folders: ['openai-chat', 'openai-compatible'] },
  { from: anthropicMessages, to: openaiChat, folders: ['anthropic'] },
]

for (const direction of directions) {
  describe(`${direction.from.format} to ${direction.to.format}`, () => {
    describeGenerated(direction)
    describeRecordedRequests(direction)
    describeRecordedStreams(direction)
  })
}

function describeGenerated({ from, to }: Direction): void {
  test('a request means the same after the hop', () => {
    fc.assert(
      fc.property(neutralRequest(commonAbilities), request => {
        const asked = from.decodeRequest(encode(from, request))
        const { body, lost } = to.encodeRequest(asked, { model: asked.model, wantUsage: false })
        assert.deepEqual(lost, [])
        assert.deepEqual(to.decodeRequest(JSON.parse(JSON.stringify(body))), request)
      }),
    )
  })

  test('an answer means the same after the hop', () => {
    fc.assert(
      fc.property(neutralReply(commonAbilities), reply => {
        const decoded = from.decodeReply(from.encodeReply(reply))
        assert.equal(decoded.kind, 'reply')
        if (decoded.kind !== 'reply') return
        const arrived = to.decodeReply(to.encodeReply(decoded.reply))
        assert.equal(arrived.kind, 'reply')
        if (arrived.kind === 'reply') assert.deepEqual(essenceOf(arrived.reply), essenceOf(reply))
      }),
    )
  })

  test('a streamed answer means the same after the hop', () => {
    fc.assert(
      fc.property(neutralReply(commonAbilities), fc.nat(), (reply, seed) => {
        const random = seededRandom(seed)
        const upstream = Buffer.from(encodeAsStream(from, reply, random))
        const { reply: arrived } = hopStream({ from, to }, cutAtRandom(upstream, random))
        assert.deepEqual(essenceOf(arrived), essenceOf(reply))
      }),
    )
  })
}

function describeRecordedRequests({ from, to, folders }: Direction): void {
  for (const { name, request } of folders.flatMap(readRecordings)) {
    if (request.body === undefined || name.endsWith('error-400-missing-messages')) continue
    const asked = from.decodeRequest(request.body)
    test(`${name}: the request keeps its conversation`, () => {
      const { body, lost } = to.encodeRequest(asked, { model: 'other-model', wantUsage: true })
      const arrived = to.decodeRequest(JSON.parse(JSON.stringify(body)))
      assert.equal(arrived.model, 'other-model')
      assert.equal(arrived.stream, asked.stream)
      // A wire that demands declarations for the calls of a history gets them.
      if (asked.tools.length > 0) assert.deepEqual(namesOf(arrived), namesOf(asked))
      if (lost.includes('messages.role')) assert.deepEqual(wordsOf(arrived).sort(), wordsOf(asked).sort())
      else
        assert.deepEqual(
          turnsOf(arrived).filter(turn => turn !== filler),
          turnsOf(asked),
        )
    })
  }
}

function describeRecordedStreams({ from, to, folders }: Direction): void {
  for (const recording of folders.flatMap(readRecordings)) {
    const { expect, response, name } = recording
    if (!expect.streamed || response.status !== 200 || expect.finish === null) continue
    test(`${name}: the stream keeps its answer`, () => {
      const upstream = bodyBytes(recording)
      const { reply: original } = accumulateParts(readStream(from, [upstream]).parts)
      const { reply, hasEnded } = hopStream({ from, to }, [upstream])
      assert.equal(hasEnded, true)
      assert.equal(textOf(reply), textOf(original))
      assert.deepEqual(callsOf(reply), callsOf(original))
      assert.equal(isRefused(reply), isRefused(original))
      assert.equal(reply.usage?.output ?? 0, original.usage?.output ?? 0)
      assert.equal(reply.usage?.input ?? 0, original.usage?.input ?? 0)
    })
  }
}

function encode(dialect: Dialect, request: CompletionRequest) {
  const { body } = dialect.encodeRequest(request, { model: request.model, wantUsage: false })
  return JSON.parse(JSON.stringify(body))
}

/** An upstream stream as the caller of the other dialect reads it. */
function hopStream({ from, to }: Pick<Direction, 'from' | 'to'>, chunks: Iterable<Buffer>) {
  const encoder = to.encodeStream({ id: 'request-1', model: 'some-model', created: 1, includeUsage: true })
  const { parts } = readStream(from, chunks)
  const text = parts.map(part => encoder.encode(part)).join('')
  // The walk ends a stream that came without a terminal marker.
  const ending = parts.some(part => part.kind === 'end') ? '' : encoder.encode({ kind: 'end' })
  return accumulateParts(readStream(to, [Buffer.from(text + ending)]).parts)
}

/** What every dialect can tell of an answer. */
function essenceOf({ choices, usage }: CompletionReply) {
  return { choices: choices.map(({ content, finish }) => ({ content, finish })), usage }
}

function textOf(reply: CompletionReply): string {
  return (reply.choices[0]?.content ?? [])
    .map(part => (part.kind === 'text' || part.kind === 'refusal' ? part.text : ''))
    .join('')
}

/** Without ids; a call that a limit cut keeps its text. */
function callsOf(reply: CompletionReply): readonly JsonValue[] {
  return (reply.choices[0]?.content ?? []).flatMap(part =>
    part.kind === 'toolCall' ? [{ name: part.name, argumentsText: part.argumentsText }] : [],
  )
}

/** A refusal and a filtered answer are one on some wires. */
function isRefused(reply: CompletionReply): boolean {
  const choice = reply.choices[0]
  return choice?.finish === 'refusal' || choice?.finish === 'content_filter'
}

function namesOf(request: CompletionRequest): readonly string[] {
  return request.tools.map(tool => tool.name)
}

/** Everything said in a conversation, in order: words, calls and results. */
function wordsOf(request: CompletionRequest): string[] {
  return request.messages.flatMap(message => message.content.flatMap(saidIn))
}

function turnsOf(request: CompletionRequest): readonly string[] {
  return request.messages.flatMap(message =>
    message.content.flatMap(saidIn).map(words => `${message.role}: ${words}`),
  )
}

function saidIn(part: ContentPart): readonly string[] {
  switch (part.kind) {
    case 'text':
      return part.text === '' ? [] : [part.text]
    case 'toolCall':
      return [`${part.name} ${JSON.stringify(JSON.parse(part.argumentsText))}`]
    case 'toolResult':
      return part.content.flatMap(saidIn)
    case 'image':
      return ['(image)']
    default:
      return []
  }
}
