import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Reader, relayed, stage } from '../../test/support/stream-kit.ts'
import { finish, marker, type ScriptedStream, start, text } from '../../test/support/walk-kit.ts'
import type { StreamPart } from '../dialect/completion.ts'
import type { Outcome } from './outcome.ts'

const servedBy = (outcome: Outcome) => (outcome.kind === 'served' ? outcome.step.name : outcome.kind)
const empty: StreamPart = { kind: 'text', choice: 0, text: '' }

test('preamble and empty pieces do not commit; the first content does, and brings them along', async () => {
  const { upstream, walking, kit } = await stage()
  upstream.send([start], [empty], [])
  await kit.clock.advance(1)
  upstream.send([text('Hel')], [text('lo')])
  const reader = await relayed(walking)
  assert.equal(reader.units.length, 5)
  upstream.send([finish()], [marker])
  assert.equal(reader.text, 'Hello')
  assert.deepEqual(reader.ended, { kind: 'complete' })
})

test('before content every break falls back', async () => {
  const breaks: readonly ((upstream: ScriptedStream) => void)[] = [
    upstream => upstream.breakOff(),
    upstream => upstream.end(),
    upstream => upstream.send([{ kind: 'error', failure: { kind: 'Overloaded', detail: 'in band' } }]),
    upstream => upstream.send([finish()], [marker]),
    upstream => upstream.send([marker]),
  ]
  for (const breakIt of breaks) {
    const { upstream, walking } = await stage()
    upstream.send([start])
    breakIt(upstream)
    assert.equal(servedBy(await walking), 'b')
  }
})

test('silence before the first content runs into firstToken; a ping does not help', async () => {
  const { kit, upstream, walking } = await stage()
  await kit.clock.advance(4000)
  upstream.send([])
  await kit.clock.advance(1001)
  const outcome = await walking
  assert.equal(servedBy(outcome), 'b')
  assert.equal(outcome.kind === 'served' && outcome.step.reason, 'timeout')
  assert.equal(upstream.isAborted, true)
})

test('after commit nothing falls back: the end is told as broken', async () => {
  const breaks: readonly ((upstream: ScriptedStream) => void)[] = [
    upstream => upstream.breakOff(),
    upstream => upstream.end(),
    upstream => upstream.send([{ kind: 'error', failure: { kind: 'Overloaded', detail: 'in band' } }]),
  ]
  for (const breakIt of breaks) {
    const { kit, upstream, walking } = await stage()
    upstream.send([text('half an ans')])
    const reader = await relayed(walking)
    breakIt(upstream)
    assert.equal(reader.ended?.kind, 'broken')
    assert.equal(reader.ended?.kind === 'broken' && reader.ended.failure.kind, 'StreamInterrupted')
    assert.deepEqual(
      kit.sent.map(call => call.target),
      ['a'],
    )
    assert.equal(kit.clock.pending, 0)
  }
})

test('the idle limit breaks a committed stream, but not while its reader is the slow one', async () => {
  const { kit, upstream, walking } = await stage()
  upstream.send([text('x')])
  const outcome = await walking
  const reader = new Reader()
  assert.ok(outcome.kind === 'served' && outcome.reply.kind === 'stream')
  const stream = outcome.reply
  stream.relay(reader)
  stream.pause()
  await kit.clock.advance(10_000)
  assert.equal(reader.endKind, undefined)
  stream.resume()
  await kit.clock.advance(1900)
  upstream.send([])
  await kit.clock.advance(1900)
  assert.equal(reader.endKind, undefined, 'a ping is a sign of life')
  await kit.clock.advance(2100)
  assert.equal(reader.endKind, 'broken')
})

test('a finish reason and a clean end make a stream whole without a terminal marker', async () => {
  const { upstream, walking } = await stage()
  upstream.send([text('fine')], [finish()])
  upstream.end()
  assert.deepEqual((await relayed(walking)).ended, { kind: 'complete' })
})

test('an answer that a cap left empty is legal', async () => {
  const { upstream, walking } = await stage()
  upstream.send([start], [finish('length')], [marker])
  assert.deepEqual((await relayed(walking)).ended, { kind: 'complete' })
})

test('a refusal before content leaves only when a later step lists it', async () => {
  const refusal: StreamPart = { kind: 'refusal', choice: 0, text: 'I cannot' }
  const staying = await stage()
  staying.upstream.send([refusal], [finish('refusal')], [marker])
  assert.equal(servedBy(await staying.walking), 'a')
  const leaving = await stage({ takesRefusals: true })
  leaving.upstream.send([refusal])
  assert.equal(servedBy(await leaving.walking), 'b')
})

test('reasoning commits for a caller of the same dialect only', async () => {
  const reasoning: StreamPart = { kind: 'reasoning', choice: 0, text: 'hm' }
  const native = await stage()
  native.upstream.send([reasoning])
  assert.equal(servedBy(await native.walking), 'a')
  const foreign = await stage({ isForeign: true })
  foreign.upstream.send([reasoning])
  foreign.upstream.breakOff()
  assert.equal(servedBy(await foreign.walking), 'b')
})

test('reasoning that a foreign caller is not shown may be long, but alone it is no answer', async () => {
  const reasoning: StreamPart = { kind: 'reasoning', choice: 0, text: 'hm' }
  const long = Array.from({ length: 3000 }, () => [reasoning])
  const answered = await stage({ isForeign: true })
  answered.upstream.send([start], ...long, [text('yes')], [finish()], [marker])
  assert.equal((await relayed(answered.walking)).text, 'yes')
  const silent = await stage({ isForeign: true })
  silent.upstream.send([start], ...long, [finish()], [marker])
  assert.equal(servedBy(await silent.walking), 'b')
})

test('a malformed event is skipped and counted', async () => {
  const { kit, upstream, walking } = await stage()
  upstream.send([text('a')], 'malformed', [text('b')], [finish()], [marker])
  const reader = await relayed(walking)
  assert.equal(reader.text, 'ab')
  const ended = kit.events.find(event => event.kind === 'attemptEnded')
  assert.equal(ended?.kind === 'attemptEnded' && ended.malformedEvents, 1)
})

test('a caller who leaves a running stream aborts the provider, and what was spent is counted', async () => {
  const { kit, upstream, walking } = await stage()
  upstream.send([{ kind: 'usage', usage: { input: 12 } }], [text('some words that were paid for')])
  const reader = await relayed(walking)
  kit.caller.abort()
  assert.equal(upstream.isAborted, true)
  assert.deepEqual(reader.ended, { kind: 'abandoned' })
  const ended = kit.events.find(event => event.kind === 'attemptEnded')
  assert.ok(ended?.kind === 'attemptEnded' && ended.result === 'cancelled')
  assert.equal(ended.cost.isEstimated, true)
  assert.equal(ended.cost.usage?.input, 12)
  assert.ok((ended.cost.usage?.output ?? 0) > 0)
  assert.equal(kit.clock.pending, 0)
})

test('usage totals replace each other and are told once', async () => {
  const { kit, upstream, walking } = await stage()
  upstream.send(
    [{ kind: 'usage', usage: { input: 12, output: 1 } }],
    [text('hi')],
    [{ kind: 'usage', usage: { output: 7 } }],
    [finish()],
    [marker],
  )
  await relayed(walking)
  const ended = kit.events.filter(event => event.kind === 'attemptEnded')
  assert.equal(ended.length, 1)
  assert.deepEqual(ended[0]?.kind === 'attemptEnded' && ended[0].cost.usage, { input: 12, output: 7 })
})
