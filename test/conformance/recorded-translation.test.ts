// Recorded requests and streams say the same in every other dialect.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CompletionReply, CompletionRequest } from '../../sidecar/dialect/completion.ts'
import type { EncodedRequest } from '../../sidecar/dialect/dialect.ts'
import { headFor } from '../support/request-head.ts'
import { accumulateParts } from './accumulate-parts.ts'
import type { DialectUnderTest } from './dialect-suite.ts'
import { hopStream } from './hop-stream.ts'
import { bodyBytes, headOfRecording, type Recording } from './read-recordings.ts'
import { framingOfAnswer, readStream } from './read-stream.ts'
import { wrongOnPurpose } from './recorded-requests.ts'
import { callsOf, hasPictureInResult, namesOf, picture, textOf, turnsOf, unwrapped, wordsOf } from './said.ts'
import { type Direction, directions } from './subjects.ts'

/** Turns that a wire wants to be there: the user's first one, and one behind an unfinished answer. */
const fillers: readonly string[] = ['user: .', 'user: Continue.']

for (const direction of directions) {
  describe(`${direction.from.dialect.format} to ${direction.to.dialect.format}`, () => {
    for (const recording of direction.from.recordings) {
      describeRequest(direction, recording)
      describeStream(direction, recording)
    }
  })
}

function describeRequest({ from, to }: Direction, recording: Recording): void {
  const { name, request } = recording
  if (request.body === undefined || wrongOnPurpose.has(name)) return
  const asked = from.dialect.decodeRequest(request.body, headOfRecording(from.dialect, recording))
  if (asked.history === 'vendor') return
  test(`${name}: the request keeps its conversation`, () => {
    const model = 'other-model'
    const { body, lost } = to.dialect.encodeRequest(asked, { model, wantUsage: true })
    const head = headFor(to.dialect, { model, stream: asked.stream })
    const arrived = to.dialect.decodeRequest(JSON.parse(JSON.stringify(body)), head)
    assert.equal(arrived.model, model)
    assert.equal(arrived.stream, asked.stream)
    // A wire that demands declarations for the calls of a history gets them; tools that may not be called may stay behind.
    if (asked.tools.length > 0 && asked.toolChoice?.kind !== 'none') {
      assert.deepEqual(namesOf(arrived), namesOf(asked))
    }
    assertSaid(arrived, asked, { ...to, lost })
  })
}

/** The same turns; where a wire orders them in its own way, or a loss was reported, the same words in other turns. */
function assertSaid(
  arrived: CompletionRequest,
  asked: CompletionRequest,
  { lost, abilities }: Pick<DialectUnderTest, 'abilities'> & Pick<EncodedRequest, 'lost'>,
): void {
  const isRearranged =
    lost.some(name => name.startsWith('messages.')) ||
    !abilities.interleavesCalls ||
    hasPictureInResult(asked)
  if (!isRearranged) {
    const turns = turnsOf(arrived).filter(turn => !fillers.includes(turn))
    assert.deepEqual(turns, turnsOf(asked))
    return
  }
  const everything = wordsOf(arrived).join('\n')
  for (const words of wordsOf(asked)) {
    if (words === picture && lost.includes('messages.content.image')) continue
    assert.ok(everything.includes(words), `nobody says any more: ${words}`)
  }
}

function describeStream({ from: { dialect: from }, to }: Direction, recording: Recording): void {
  const { expect, response, name } = recording
  if (!expect.streamed || response.status !== 200 || expect.finish === null) return
  test(`${name}: the stream keeps its answer`, () => {
    const upstream = bodyBytes(recording)
    const framing = framingOfAnswer(response.headers['content-type'] ?? '')
    const { reply: original } = accumulateParts(readStream(from, [upstream], framing).parts)
    const { reply, hasEnded } = hopStream(from, to.dialect, { chunks: [upstream], framing })
    if (isRefused(original) && to.abilities.cannotRefuse) return
    assert.equal(hasEnded, true)
    assert.equal(textOf(reply), textOf(original))
    assert.deepEqual(callsOf(reply).map(unwrapped), callsOf(original))
    assert.equal(isRefused(reply), isRefused(original))
    assert.equal(reply.usage?.output ?? 0, original.usage?.output ?? 0)
    assert.equal(reply.usage?.input ?? 0, original.usage?.input ?? 0)
  })
}

/** A refusal and a filtered answer are one on some wires. */
function isRefused(reply: CompletionReply): boolean {
  const choice = reply.choices[0]
  return choice?.finish === 'refusal' || choice?.finish === 'content_filter'
}
