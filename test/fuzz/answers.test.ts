// What providers send, made wrong: streams and whole answers are read without a throw, and what was read can be written.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anthropicMessages } from '../../sidecar/dialect/anthropic-messages/anthropic-messages.ts'
import type { JsonObject, JsonValue, StreamPart } from '../../sidecar/dialect/completion.ts'
import type { Dialect } from '../../sidecar/dialect/dialect.ts'
import { openaiChat } from '../../sidecar/dialect/openai-chat/openai-chat.ts'
import { classifyResponse } from '../../sidecar/failure/classify-response.ts'
import { bodyBytes, type RecordingFolder, readRecordings } from '../conformance/read-recordings.ts'
import { cutAtRandom, readStream } from '../conformance/read-stream.ts'
import { joinPieces } from '../support/join-pieces.ts'
import { fuzz, mutateBytes, mutateJson, pick, type Random } from './mutate.ts'

const targets: readonly { readonly dialect: Dialect; readonly folders: readonly RecordingFolder[] }[] = [
  { dialect: openaiChat, folders: ['openai-chat', 'openai-compatible'] },
  { dialect: anthropicMessages, folders: ['anthropic'] },
]

for (const { dialect, folders } of targets) {
  const recordings = folders.flatMap(readRecordings)
  const streams = recordings.filter(one => one.expect.streamed && one.response.status === 200).map(bodyBytes)
  const answers = recordings.flatMap(one => (isObject(one.response.body) ? [one.response.body] : []))

  test(`${dialect.format}: streams of broken bytes`, () => {
    fuzz({ iterations: 1500 }, random => {
      const bytes = mutateBytes(pick(streams, random), random)
      assertWritable(readStream(dialect, cutAtRandom(bytes, random, 400)).parts)
    })
  })

  test(`${dialect.format}: streams of events of any shape`, () => {
    fuzz({ iterations: 1500 }, random => {
      const text = mutateEvents(pick(streams, random).toString('utf8'), random)
      assertWritable(readStream(dialect, [Buffer.from(text)]).parts)
    })
  })

  test(`${dialect.format}: whole answers of any shape`, () => {
    fuzz({ iterations: 1500 }, random => {
      const body = mutateJson(pick(answers, random), random)
      if (!isObject(body)) return
      const decoded = dialect.decodeReply(body)
      if (decoded.kind === 'failed') return
      for (const target of targets) JSON.stringify(target.dialect.encodeReply(decoded.reply))
    })
  })

  test(`${dialect.format}: error bodies of any shape have a kind`, () => {
    fuzz({ iterations: 1500 }, random => {
      const body = mutateBytes(Buffer.from(JSON.stringify(mutateJson(pick(answers, random), random))), random)
      const status = pick([300, 400, 401, 402, 403, 404, 408, 413, 422, 429, 498, 500, 503, 529], random)
      const headers = { 'content-type': pick(['application/json', 'text/html', ''], random) }
      const failure = classifyResponse({ dialect: dialect.provider, status, headers, body })
      assert.ok(failure.kind.length > 0)
    })
  })
}

/** Every dialect can say the parts, and reads what it wrote. */
function assertWritable(parts: readonly StreamPart[]): void {
  for (const { dialect } of targets) {
    const encoder = dialect.encodeStream({ id: 'x', model: 'm', created: 1, includeUsage: true })
    const written = [...parts, { kind: 'end' } as const].map(part => encoder.encode(part))
    assert.equal(readStream(dialect, [joinPieces(written)]).malformedEvents, 0)
  }
}

/** Changes the JSON inside the events and leaves their framing alone. */
function mutateEvents(text: string, random: Random): string {
  return text
    .split('\n')
    .map(line => {
      if (!line.startsWith('data: {') || random() < 0.5) return line
      const payload: JsonValue = JSON.parse(line.slice('data: '.length))
      return `data: ${JSON.stringify(mutateJson(payload, random))}`
    })
    .join('\n')
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
