import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RoundFigures } from './measure-load.ts'
import { compareRounds, hasPassed, renderTable } from './report.ts'

function round(cpuPerRequest: number): RoundFigures {
  return {
    requestsPerSecond: 1000,
    p50Ms: 1,
    p99Ms: 2,
    cpuPerRequest,
    cpuPerChunk: 10,
    cpuPerLargePrompt: 1000,
    errors: 0,
  }
}

function cpuCheck(bare: readonly number[], sidecar: readonly number[]) {
  const rounds = { direct: [round(0)], bare: bare.map(round), sidecar: sidecar.map(round) }
  const check = compareRounds(rounds).find(({ name }) => name === 'CPU per request')
  assert.ok(check !== undefined)
  return check
}

test('compares within a round, so that a busy moment of the machine cancels out', () => {
  assert.equal(cpuCheck([100, 400, 100], [150, 600, 150]).value, 1.5)
})

test('a ratio past its target fails and is marked in the table', () => {
  const check = cpuCheck([100], [181])
  assert.equal(hasPassed(check), false)
  assert.match(renderTable([check]), /CPU per request.*×1\.81.*≤ 1\.8.*FAIL/)
})

test('a ratio on its target passes', () => {
  assert.equal(hasPassed(cpuCheck([100], [180])), true)
})
