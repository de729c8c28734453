import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock } from '../resilience/clock.ts'
import type { SpoolTrouble } from './line-spool.ts'
import { createLineSpool } from './line-spool.ts'

const stoppedClock: Clock = { now: () => 0, wallTime: () => 0, schedule: () => () => undefined }

function startSpool(options: { readonly maxBytes?: number } = {}) {
  const written: string[] = []
  const troubles: SpoolTrouble[] = []
  const state = { isBroken: false }
  const spool = createLineSpool({
    sink: {
      async write(batch) {
        if (state.isBroken) throw Object.assign(new Error('disk full at /secret/path'), { code: 'ENOSPC' })
        written.push(batch.toString())
      },
      close: async () => undefined,
    },
    clock: stoppedClock,
    onTrouble: trouble => troubles.push(trouble),
    ...options,
  })
  return { spool, written, troubles, state }
}

test('lines of one moment go out in one write, in order', async () => {
  const { spool, written } = startSpool()
  for (const line of ['a', 'b', 'c']) spool.add(line)
  await spool.flush()
  assert.deepEqual(written, ['a\nb\nc\n'])
})

test('past its bound it drops the newest line, counts it and says so once', async () => {
  const { spool, troubles } = startSpool({ maxBytes: 10 })
  for (const line of ['1234', '5678', 'too much', 'again']) spool.add(line)
  assert.equal(spool.totals().dropped, 2)
  assert.deepEqual(troubles, [{ kind: 'dropping' }])
  await spool.flush()
  assert.deepEqual(troubles, [{ kind: 'dropping' }, { kind: 'recovered', dropped: 2 }])
})

test('a failed batch is written again before anything newer', async () => {
  const { spool, written, troubles, state } = startSpool()
  state.isBroken = true
  spool.add('first')
  await spool.flush()
  spool.add('second')
  state.isBroken = false
  await spool.flush()
  assert.deepEqual(written, ['first\n', 'second\n'])
  assert.deepEqual(troubles[0], { kind: 'failing', code: 'ENOSPC' })
  assert.deepEqual(spool.totals(), { written: 2, spooled: 2, failed: 1, dropped: 0, spoolBytes: 0 })
})

test('what cannot be written by the close is counted as dropped', async () => {
  const { spool, state } = startSpool()
  state.isBroken = true
  spool.add('first')
  spool.add('second')
  await spool.close()
  assert.equal(spool.totals().dropped, 2)
})
