import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TargetHealth } from '../../crds/snapshot/control-frames.ts'
import { healthLine } from './health-report.ts'

const seen = (model: string, more: Partial<TargetHealth> = {}): TargetHealth => ({
  provider: 'LLMProvider/a/b',
  model,
  breaker: 'closed',
  attempts: 10,
  failures: 0,
  ...more,
})
const modelsOf = (body: string): readonly unknown[] =>
  JSON.parse(body).targets.map(({ model }: TargetHealth) => model)

test('a report without targets is a report', () => {
  assert.equal(healthLine([]), '{"kind":"health","targets":[]}\n')
})

test('of too many targets those that fail are told, an open breaker before all', () => {
  const many = Array.from({ length: 400 }, (_, index) => seen(`m${index}`))
  const body = healthLine([...many, seen('failing', { failures: 9 }), seen('open', { breaker: 'open' })])
  assert.deepEqual(modelsOf(body).slice(0, 2), ['open', 'failing'])
  assert.equal(modelsOf(body).length, 256)
})

test('a report never outgrows its bound', () => {
  const many = Array.from({ length: 100 }, (_, index) => seen(`${'x'.repeat(90)}${index}`))
  const body = healthLine(many, 2000)
  assert.ok(Buffer.byteLength(body.trimEnd()) <= 2000)
  assert.ok(modelsOf(body).length > 5)
  assert.equal(healthLine(many, 20), '{"kind":"health","targets":[]}\n')
})
