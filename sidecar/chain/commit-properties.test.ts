import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Reader, stage } from '../../test/support/stream-kit.ts'
import { finish, marker, start, text } from '../../test/support/walk-kit.ts'
import type { StreamPart } from '../dialect/completion.ts'

test('property: whatever a provider sends, nothing is sent after commit and a broken stream never ends cleanly', async () => {
  const anyParts = fc.constantFrom<readonly StreamPart[]>(
    [start],
    [],
    [text('a')],
    [{ kind: 'text', choice: 0, text: '' }],
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
