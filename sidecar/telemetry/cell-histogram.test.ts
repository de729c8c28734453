import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Registry } from 'prom-client'
import { CellHistogram, HistogramCell } from './cell-histogram.ts'

const definition = {
  name: 'wait_seconds',
  help: 'How long.',
  kind: 'histogram',
  labels: { policy: 'policy' },
  buckets: [1, 2, 4],
} as const

test('writes what prom-client itself would write for the same observations', async () => {
  const cell = new HistogramCell(definition.buckets)
  for (const value of [0.5, 1, 1.5, 4, 100]) cell.observe(value)
  const registry = new Registry()
  new CellHistogram({ definition, registry, cells: () => [{ labels: { policy: 'a"b' }, cell }] })
  assert.equal(
    await registry.metrics(),
    [
      '# HELP wait_seconds How long.',
      '# TYPE wait_seconds histogram',
      'wait_seconds_bucket{le="1",policy="a\\"b"} 2',
      'wait_seconds_bucket{le="2",policy="a\\"b"} 3',
      'wait_seconds_bucket{le="4",policy="a\\"b"} 4',
      'wait_seconds_bucket{le="+Inf",policy="a\\"b"} 5',
      'wait_seconds_sum{policy="a\\"b"} 107',
      'wait_seconds_count{policy="a\\"b"} 5',
      '',
    ].join('\n'),
  )
})
