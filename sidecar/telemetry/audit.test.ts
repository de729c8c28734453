import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Clock } from '../resilience/clock.ts'
import { createAudit, createAuditLog } from './audit.ts'
import { writeAuditRecord } from './audit-record.ts'
import { attemptEnded, requestEnded } from './example-events.ts'
import { createLogger } from './logger.ts'

const source = { namespace: 'support', pod: 'copilot-1', podUid: 'u-1', version: '1.2.3' }

/** Hands that only `advance` turns; scheduled calls are left to `flush`. */
function createHands(): Clock & { advance(ms: number): void } {
  let now = 0
  return {
    now: () => now,
    wallTime: () => now,
    schedule: () => () => undefined,
    advance(ms) {
      now += ms
    },
  }
}

async function startAudit(context: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'audit-'))
  context.after(() => rm(folder, { recursive: true, force: true }))
  const clock = createHands()
  const troubles: string[] = []
  const file = join(folder, 'logs', 'audit.jsonl')
  const audit = createAudit({ sink: { file }, source, clock, onTrouble: t => troubles.push(t.kind) })
  return { audit, clock, troubles, file, folder }
}

test('a record tells each attempt, what was skipped and what was wasted', () => {
  const failed = attemptEnded({
    result: 'error',
    failure: 'RateLimited',
    status: 429,
    cost: { usage: { input: 100 }, usd: 0.00025, isEstimated: false },
  })
  const served = attemptEnded({
    target: { step: 'second', hop: 2, provider: 'anthropic', model: 'claude' },
    firstContentMs: 80,
    cost: { usage: { input: 100, output: 20 }, usd: 0.0006, isEstimated: false },
  })
  const record = JSON.parse(
    writeAuditRecord(
      requestEnded({
        path: 'fallback',
        reason: 'rate_limit_429',
        served: { step: 'second', provider: 'anthropic', model: 'claude', hop: 2 },
        attempts: [failed, served],
        trail: [{ kind: 'skip', step: 'smaller', hop: 1, reason: 'CircuitOpen' }],
        tenant: { value: 'acme', source: 'header' },
        recoveryMs: 90.126,
      }),
      source,
    ),
  )
  assert.equal(record.schema, 'llm-fallback.audit/v1')
  assert.equal(record.time, '2026-11-20T10:15:30.123Z')
  assert.deepEqual(record.decision.skipped, [{ hop: 1, step: 'smaller', rule: 'circuit_open' }])
  assert.equal(record.decision.recovery_ms, 90.13)
  assert.deepEqual(
    record.attempts.map((attempt: { hop: number; error: string; status: number }) => [
      attempt.hop,
      attempt.error,
      attempt.status,
    ]),
    [
      [0, 'rate_limit_429', 429],
      [2, null, 200],
    ],
  )
  assert.deepEqual(record.cost, { total: '0.000850000', wasted: '0.000250000', currency: 'USD' })
  assert.deepEqual(record.actor, { tenant: 'acme', tenant_source: 'header' })
})

test('a refused request without a policy has a record as well', () => {
  const { policy: _, path: __, ...event } = requestEnded({ outcome: 'error', status: 404, code: 'no_route' })
  const record = JSON.parse(writeAuditRecord({ ...event, attempts: [] }, source))
  assert.equal(record.policy, undefined)
  assert.equal(record.decision.code, 'no_route')
  assert.deepEqual(record.attempts, [])
})

test('text of the caller cannot break or flood a line', () => {
  const line = writeAuditRecord(requestEnded({ requestedModel: `a\n"b${'x'.repeat(10_000)}` }), source)
  assert.ok(!line.includes('\n'))
  assert.ok(line.length < 3000)
})

test('writes one line for each request that ended', async context => {
  const { audit, file, folder } = await startAudit(context)
  await mkdir(join(folder, 'logs'))
  audit.listener(attemptEnded({}))
  audit.listener(requestEnded({ requestId: 'one' }))
  audit.listener(requestEnded({ requestId: 'two' }))
  await audit.close()
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  assert.deepEqual(
    lines.map(line => JSON.parse(line).id),
    ['one', 'two'],
  )
  assert.equal(audit.totals().written, 2)
})

test('keeps records while the file cannot be opened and writes them when it can', async context => {
  const { audit, file, folder, troubles } = await startAudit(context)
  audit.listener(requestEnded({ requestId: 'one' }))
  await audit.flush()
  assert.deepEqual(troubles, ['failing'])
  assert.deepEqual(
    { ...audit.totals(), spoolBytes: 0 },
    { written: 0, spooled: 1, failed: 1, dropped: 0, spoolBytes: 0 },
  )
  await mkdir(join(folder, 'logs'))
  audit.listener(requestEnded({ requestId: 'two' }))
  await audit.flush()
  assert.deepEqual(troubles, ['failing', 'recovered'])
  assert.equal((await readFile(file, 'utf8')).trimEnd().split('\n').length, 2)
  await audit.close()
})

test('goes on in a new file after a rotation', async context => {
  const { audit, clock, file, folder } = await startAudit(context)
  await mkdir(join(folder, 'logs'))
  audit.listener(requestEnded({ requestId: 'before' }))
  await audit.flush()
  await rename(file, `${file}.1`)
  clock.advance(2000)
  audit.listener(requestEnded({ requestId: 'after' }))
  await audit.close()
  assert.match(await readFile(`${file}.1`, 'utf8'), /"id":"before"/)
  assert.match(await readFile(file, 'utf8'), /^\{[^\n]*"id":"after"/)
})

test('a record after the close is counted as dropped', async context => {
  const { audit, folder, troubles } = await startAudit(context)
  await mkdir(join(folder, 'logs'))
  await audit.close()
  audit.listener(requestEnded({}))
  assert.equal(audit.totals().dropped, 1)
  assert.deepEqual(troubles, ['dropping'])
})

test('the end of the trouble is not told as trouble', () => {
  const lines: string[] = []
  const tell = createAuditLog(createLogger('info', { write: line => void lines.push(line) }))
  tell({ kind: 'failing', code: 'ENOSPC' })
  tell({ kind: 'recovered', dropped: 0 })
  const told = lines.map(line => /"level":"(\w+)".*"msg":"([^"]+)"/.exec(line)?.slice(1))
  assert.deepEqual(told, [
    ['error', 'audit records cannot be written'],
    ['warn', 'audit records are written again'],
  ])
})
