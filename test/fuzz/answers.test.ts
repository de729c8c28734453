// What providers send, made wrong: streams and whole answers are read without a throw, and what was read can be written.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StreamPart } from '../../sidecar/dialect/completion.ts'
import type { Dialect, StreamFraming } from '../../sidecar/dialect/dialect.ts'
import { openStreamReader } from '../../sidecar/dialect/stream-framings.ts'
import { classifyResponse } from '../../sidecar/failure/classify-response.ts'
import { cutAtRandom, framingOf, readStream } from '../conformance/read-stream.ts'
import { joinPieces } from '../support/join-pieces.ts'
import { fuzz, mutateBytes, mutateJson, pick, type Random } from './mutate.ts'
import { mutateEvents } from './mutate-events.ts'
import { answersOf, isObject, pickDialect, streamsOf, targets } from './targets.ts'

const iterations = 800

for (const target of targets) {
  const { dialect } = target
  const streams = streamsOf(target)
  const answers = answersOf(target)

  test(`${dialect.format}: streams of broken bytes`, () => {
    fuzz({ iterations }, random => {
      const { bytes, framing } = pick(streams, random)
      const broken = cutAtRandom(mutateBytes(bytes, random), random, 400)
      assertWritable(readAll(dialect, framing, broken), random)
    })
  })

  test(`${dialect.format}: streams of events of any shape`, () => {
    fuzz({ iterations }, random => {
      const seed = pick(streams, random)
      assertWritable(readAll(dialect, seed.framing, [mutateEvents(seed, random)]), random)
    })
  })

  test(`${dialect.format}: whole answers of any shape`, () => {
    fuzz({ iterations }, random => {
      const body = mutateJson(pick(answers, random), random)
      if (!isObject(body)) return
      const decoded = dialect.decodeReply(body)
      if (decoded.kind === 'reply') JSON.stringify(pickDialect(random).encodeReply(decoded.reply))
    })
  })

  test(`${dialect.format}: error bodies of any shape have a kind`, () => {
    fuzz({ iterations }, random => {
      const body = mutateBytes(Buffer.from(JSON.stringify(mutateJson(pick(answers, random), random))), random)
      const status = pick([300, 400, 401, 402, 403, 404, 408, 413, 422, 424, 429, 498, 500, 503, 529], random)
      const headers = {
        'content-type': pick(['application/json', 'text/html', ''], random),
        'x-amzn-errortype': pick(['', 'ThrottlingException:http://x/', ':', '__proto__'], random),
      }
      for (const provider of [dialect.provider, 'AzureOpenAI'] as const) {
        const failure = classifyResponse({ dialect: provider, status, headers, body })
        assert.ok(failure.kind.length > 0)
      }
    })
  })
}

/** A stream that asks for more memory than it may have is given up, with a reason. */
function readAll(dialect: Dialect, framing: StreamFraming, chunks: Iterable<Buffer>): readonly StreamPart[] {
  const reader = openStreamReader(framing, dialect)
  const parts: StreamPart[] = []
  for (const chunk of chunks) reader.push(chunk, unit => parts.push(...unit.parts))
  reader.finish(unit => parts.push(...unit.parts))
  if (reader.overflow !== undefined) assert.ok(reader.overflow.detail !== '')
  return parts
}

/** Every dialect can say the parts, and reads what it wrote. */
function assertWritable(parts: readonly StreamPart[], random: Random): void {
  const dialect = pickDialect(random)
  const framing = pick(
    [framingOf(dialect), ...(dialect.format === 'gemini-generate' ? (['sse'] as const) : [])],
    random,
  )
  const encoder = dialect.encodeStream({ id: 'x', model: 'm', created: 1, includeUsage: true, framing })
  const written = [...parts, { kind: 'end' } as const].map(part => encoder.encode(part))
  assert.equal(readStream(dialect, [joinPieces(written)], framing).malformedEvents, 0)
}
