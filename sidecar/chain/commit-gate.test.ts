import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  finish,
  marker,
  reply,
  type ScriptedStream,
  start,
  text,
  WalkKit,
} from '../../test/support/walk-kit.ts'
import type { StreamPart } from '../dialect/completion.ts'
import type { Outcome, StreamConsumer, StreamEnd } from './outcome.ts'
import type { StreamUnit } from './ports.ts'
import { walkChain } from './walk-chain.ts'

class Reader implements StreamConsumer {
  readonly units: StreamUnit[] = []
  ended: StreamEnd | undefined
  flushes = 0
  get endKind(): string | undefined {
    return this.ended?.kind
  }
  unit(unit: StreamUnit): void {
    assert.equal(this.ended, undefined, 'nothing comes after the end')
    this.units.push(unit)
  }
  flush(): void {
    this.flushes += 1
  }
  end(end: StreamEnd): void {
    assert.equal(this.ended, undefined, 'a stream ends once')
    this.ended = end
  }
  get text(): string {
    return this.units
      .flatMap(unit => unit.parts.map(part => (part.kind === 'text' ? part.text : '')))
      .join('')
  }
}

interface Staged {
  readonly kit: WalkKit
  readonly upstream: ScriptedStream
  readonly walking: Promise<Outcome>
}

/** A chain of a streaming target and a spare one; resolves when the stream is open. */
async function stage(
  options: { isForeign?: boolean; refusalHops?: readonly number[] } = {},
): Promise<Staged> {
  const kit = new WalkKit()
  const opened = Promise.withResolvers<ScriptedStream>()
  const steps = [
    kit.target(0, {
      name: 'a',
      turns: [{ kind: 'stream', play: opened.resolve }],
      step: { timeout: { connectMs: 100, firstTokenMs: 5000, idleMs: 2000, totalMs: 9000 } },
      ...(options.isForeign && { isForeign: true }),
    }),
    kit.target(1, {
      name: 'b',
      turns: [reply()],
      step: { when: ['StreamInterrupted', 'Timeout', 'InvalidResponse', 'GuardrailBlocked', 'Overloaded'] },
    }),
  ]
  const walk = kit.walk({ request: { stream: true }, refusalHops: options.refusalHops ?? [] })
  const walking = walkChain(steps, walk)
  return { kit, upstream: await opened.promise, walking }
}

async function relayed(walking: Promise<Outcome>): Promise<Reader> {
  const outcome = await walking
  const reader = new Reader()
  if (outcome.kind === 'served' && outcome.reply.kind === 'stream') outcome.reply.relay(reader)
  else assert.fail(`expected a stream, got ${outcome.kind}`)
  return reader
}

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
  const leaving = await stage({ refusalHops: [1] })
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

test('property: whatever a provider sends, nothing is sent after commit and a broken stream never ends cleanly', async () => {
  const anyParts = fc.constantFrom<readonly StreamPart[]>(
    [start],
    [],
    [text('a')],
    [empty],
    [finish()],
    [{ kind: 'usage', usage: { output: 1 } }],
    [{ kind: 'error', failure: { kind: 'Overloaded', detail: 'x' } }],
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyParts, { maxLength: 12 }),
      fc.constantFrom('end', 'break', 'marker'),
      async (events, ending) => {
        const { kit, upstream, walking } = await stage()
        for (const parts of events) upstream.send(parts)
        if (ending === 'marker') upstream.send([marker])
        if (ending === 'break') upstream.breakOff()
        else upstream.end()
        const outcome = await walking
        if (outcome.kind !== 'served' || outcome.reply.kind !== 'stream') return
        assert.equal(kit.sent.length, 1)
        const reader = new Reader()
        outcome.reply.relay(reader)
        const hasFinish = reader.units.some(unit => unit.parts.some(part => part.kind === 'finish'))
        const isWhole = hasFinish || ending === 'marker'
        if (reader.ended?.kind === 'complete') assert.ok(isWhole)
        assert.notEqual(reader.ended, undefined)
      },
    ),
    { numRuns: 300 },
  )
})
