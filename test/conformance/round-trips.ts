// What a dialect writes it reads back as the same: requests, whole answers and streams.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { CompletionReply, ReplyPart, StreamPart } from '../../sidecar/dialect/completion.ts'
import type { Dialect } from '../../sidecar/dialect/dialect.ts'
import { joinPieces } from '../support/join-pieces.ts'
import { headFor } from '../support/request-head.ts'
import type { Abilities } from './ability.ts'
import { accumulateParts } from './accumulate-parts.ts'
import { neutralReply, neutralRequest } from './neutral-arbitraries.ts'
import { cutAtRandom, readStream, seededRandom } from './read-stream.ts'

export function describeRoundTrips(dialect: Dialect, abilities: Abilities): void {
  describe('round trips', () => {
    describeWholeBodies(dialect, abilities)
    describeStreams(dialect, abilities)
  })
}

function describeWholeBodies(dialect: Dialect, abilities: Abilities): void {
  const { asSaid = reply => reply } = abilities
  test('a request that the dialect can say survives encode and decode without loss', () => {
    fc.assert(
      fc.property(neutralRequest(abilities), request => {
        const encoded = dialect.encodeRequest(request, { model: request.model, wantUsage: false })
        assert.deepEqual(encoded.lost, [])
        const head = headFor(dialect, { model: request.model, stream: request.stream })
        assert.deepEqual(dialect.decodeRequest(overTheWire(encoded.body), head), request)
      }),
    )
  })

  test('a whole answer survives encode and decode', () => {
    fc.assert(
      fc.property(neutralReply(abilities), reply => {
        const decoded = dialect.decodeReply(overTheWire(dialect.encodeReply(reply)))
        assert.deepEqual(decoded, { kind: 'reply', reply: asSaid(reply) })
      }),
    )
  })
}

function describeStreams(dialect: Dialect, abilities: Abilities): void {
  const { asSaid = reply => reply } = abilities
  test('an answer streamed in any pieces and cut anywhere adds up to the whole one', () => {
    fc.assert(
      fc.property(neutralReply(abilities), fc.nat(), (reply, seed) => {
        const random = seededRandom(seed)
        const bytes = encodeAsStream(dialect, reply, random)
        const { parts, malformedEvents } = readStream(dialect, cutAtRandom(bytes, random))
        const accumulated = accumulateParts(parts)
        assert.equal(malformedEvents, 0)
        assert.equal(accumulated.hasEnded, true)
        assert.deepEqual(accumulated.reply, asSaid(reply))
      }),
    )
  })

  test('a stream that fails carries its error to the reader and no end', () => {
    const encoder = dialect.encodeStream({ id: 'x', model: 'm', created: 0, includeUsage: false })
    const bytes = joinPieces([
      encoder.encode({ kind: 'start' }),
      encoder.encode({ kind: 'text', choice: 0, text: 'half an ans' }),
      encoder.encodeError({ status: 503, code: 'overloaded', message: 'no', requestId: '1' }),
    ])
    const { parts } = readStream(dialect, [bytes])
    const { error, hasEnded } = accumulateParts(parts)
    assert.equal(error?.cameAfterText, true)
    assert.equal(hasEnded, false)
  })
}

/** As JSON text and back: what is undefined or no JSON does not travel. */
function overTheWire<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value))
}

/** Streams a reply in random pieces. */
export function encodeAsStream(dialect: Dialect, reply: CompletionReply, random: () => number): Buffer {
  const encoder = dialect.encodeStream({
    id: reply.id,
    model: reply.model,
    created: reply.created ?? 0,
    includeUsage: true,
  })
  return joinPieces([...partsOf(reply, random)].map(part => encoder.encode(part)))
}

/** The parts that a provider's stream of this reply would be. */
export function* partsOf(reply: CompletionReply, random: () => number): Generator<StreamPart> {
  const { id, model, created } = reply
  yield { kind: 'start', id, model, ...(created !== undefined && { created }) }
  for (const [choice, { content, finish, vendorFinish, stopSequence }] of reply.choices.entries()) {
    let block = 0
    for (const part of content) {
      if (part.kind === 'toolCall') yield* callParts(part, { choice, block: block++, random })
      else if (part.kind === 'text') {
        for (const text of piecesOf(part.text, random)) yield { kind: 'text', choice, text }
      }
    }
    yield {
      kind: 'finish',
      choice,
      finish: finish ?? 'stop',
      vendorFinish: vendorFinish ?? '',
      ...(stopSequence !== undefined && { stopSequence }),
    }
  }
  if (reply.usage !== undefined) yield { kind: 'usage', usage: reply.usage }
  yield { kind: 'end' }
}

function* callParts(
  call: Extract<ReplyPart, { kind: 'toolCall' }>,
  place: { readonly choice: number; readonly block: number; readonly random: () => number },
): Generator<StreamPart> {
  const { choice, block, random } = place
  yield { kind: 'toolCallStart', choice, block, id: call.id, name: call.name }
  for (const text of piecesOf(call.argumentsText, random)) {
    yield { kind: 'toolCallArguments', choice, block, text }
  }
}

/** Cuts between characters, never inside one: providers stream whole characters. */
function* piecesOf(text: string, random: () => number): Generator<string> {
  const characters = [...text]
  while (characters.length > 0) yield characters.splice(0, 1 + Math.floor(random() * 9)).join('')
}
