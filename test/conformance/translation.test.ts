// From any dialect to any other nothing is lost that both can say.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { CompletionReply, CompletionRequest, JsonObject } from '../../sidecar/dialect/completion.ts'
import type { Dialect } from '../../sidecar/dialect/dialect.ts'
import { headFor } from '../support/request-head.ts'
import { hopStream } from './hop-stream.ts'
import { neutralReply, neutralRequest } from './neutral-arbitraries.ts'
import { cutAtRandom, seededRandom } from './read-stream.ts'
import { encodeAsStream } from './round-trips.ts'
import { type Direction, directions, sharedAbilities } from './subjects.ts'

/** There are many directions: each its share. */
const runs = { numRuns: 40 }

for (const direction of directions) {
  describe(`${direction.from.dialect.format} to ${direction.to.dialect.format}`, () => {
    describeRequests(direction)
    describeAnswers(direction)
  })
}

function describeRequests({ from, to }: Direction): void {
  const abilities = sharedAbilities(from.abilities, to.abilities)
  test('a request means the same after the hop, and after the hop back', () => {
    fc.assert(
      fc.property(neutralRequest(abilities), request => {
        const asked = hop(from.dialect, request)
        const arrived = hop(to.dialect, asked)
        assert.deepEqual(arrived, request)
        assert.deepEqual(hop(from.dialect, arrived), request)
      }),
      runs,
    )
  })
}

function describeAnswers({ from, to }: Direction): void {
  const abilities = sharedAbilities(from.abilities, to.abilities)
  const { asSaid = (reply: CompletionReply) => reply } = abilities
  test('an answer means the same after the hop', () => {
    fc.assert(
      fc.property(neutralReply(abilities), reply => {
        const decoded = answerOf(from.dialect, from.dialect.encodeReply(reply))
        const arrived = answerOf(to.dialect, to.dialect.encodeReply(decoded))
        assert.deepEqual(essenceOf(arrived), essenceOf(asSaid(reply)))
      }),
      runs,
    )
  })

  test('a streamed answer means the same after the hop', () => {
    fc.assert(
      fc.property(neutralReply(abilities), fc.nat(), (reply, seed) => {
        const random = seededRandom(seed)
        const upstream = encodeAsStream(from.dialect, reply, random)
        const { reply: arrived, hasEnded } = hopStream(from.dialect, to.dialect, {
          chunks: cutAtRandom(upstream, random),
        })
        assert.equal(hasEnded, true)
        assert.deepEqual(essenceOf(arrived), essenceOf(asSaid(reply)))
      }),
      runs,
    )
  })
}

/** Written in the dialect without a loss, and read again. */
function hop(dialect: Dialect, request: CompletionRequest): CompletionRequest {
  const { model, stream } = request
  const { body, lost } = dialect.encodeRequest(request, { model, wantUsage: false })
  assert.deepEqual(lost, [])
  return dialect.decodeRequest(overTheWire(body), headFor(dialect, { model, stream }))
}

function answerOf(dialect: Dialect, body: JsonObject): CompletionReply {
  const decoded = dialect.decodeReply(overTheWire(body))
  if (decoded.kind === 'failed') assert.fail(decoded.failure.detail)
  return decoded.reply
}

function overTheWire<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value))
}

/** What every dialect can tell of an answer. Some write a count of nothing where none was told. */
function essenceOf({ choices, usage }: CompletionReply) {
  return {
    choices: choices.map(({ content, finish }) => ({ content, finish })),
    usage: { ...usage, reasoning: usage?.reasoning ?? 0 },
  }
}
