import assert from 'node:assert/strict'
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { silence, stream } from '../support/scripted-provider.ts'
import { openStage, type Stage, twoSteps } from './stage.ts'
import { eventStreamHeaders, failWith, wholeStream } from './wire.ts'

/** From the caller's leaving to the end of the upstream call, with room for a busy machine. */
const abortedWithinMs = 500
const auditFile = join(tmpdir(), `llm-fallback-audit-${process.pid}.jsonl`)

let stage: Stage
before(async () => {
  stage = await openStage({
    routes: [
      twoSteps('any'),
      twoSteps('retrying', { retry: { attempts: 5, backoff: { initial: '5s', factor: 1, max: '5s' } } }),
    ],
    environment: { LLM_FALLBACK_AUDIT: `file:${auditFile}` },
  })
})
after(async () => {
  await stage.close()
  await rm(auditFile, { force: true })
})

async function leaveAfterTheProviderWasAsked(question: { model: string; stream: boolean }): Promise<number> {
  const asked = stage.first.requests.length
  const caller = new AbortController()
  const answer = stage.ask({ ...question, signal: caller.signal }).catch(() => undefined)
  const request = await eventually('the provider is asked', () => stage.first.requests[asked])
  const leftAt = performance.now()
  caller.abort()
  await request.closedByPeer
  await answer
  return performance.now() - leftAt
}

test('a caller who leaves while waiting takes the upstream call along', async () => {
  stage.first.script(silence())
  const took = await leaveAfterTheProviderWasAsked({ model: 'any', stream: false })
  assert.ok(took < abortedWithinMs, `${took} ms`)
})

test('a caller who leaves in the middle of a stream takes the upstream call along', async () => {
  const [opening = '', first = ''] = wholeStream('one ')
  stage.first.script(stream([opening, first, 'hang'], { headers: eventStreamHeaders }))
  const took = await leaveAfterTheProviderWasAsked({ model: 'any', stream: true })
  assert.ok(took < abortedWithinMs, `${took} ms`)
})

test('a caller who leaves during a backoff is not retried for', async () => {
  stage.first.script(failWith(500))
  const asked = stage.first.requests.length
  const caller = new AbortController()
  const answer = stage.ask({ model: 'retrying', signal: caller.signal }).catch(() => undefined)
  await eventually('the provider is asked', () => stage.first.requests[asked])
  caller.abort()
  await answer
  const lines = await eventually('the audit tells of it', async () => {
    const records = await readAudit()
    return records.length >= 3 ? records : undefined
  })
  assert.ok(lines.every(line => line.decision?.outcome === 'cancelled'))
  // The provider has read these prompts, whether or not anything of its answer came.
  for (const { attempts: [attempt] = [] } of lines.slice(0, 2)) {
    assert.ok((attempt?.usage?.input ?? 0) > 0, JSON.stringify(attempt))
  }
  assert.equal(stage.first.requests.length, asked + 1)
})

interface AuditLine {
  readonly decision?: { readonly outcome?: string }
  readonly attempts?: readonly { readonly usage?: { readonly input?: number } | null }[]
}

async function readAudit(): Promise<readonly AuditLine[]> {
  const text = await readFile(auditFile, 'utf8').catch(() => '')
  return text
    .split('\n')
    .filter(line => line !== '')
    .map((line): AuditLine => JSON.parse(line))
}
