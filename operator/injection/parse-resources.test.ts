import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseResources } from './parse-resources.ts'

const read = (value: unknown) => parseResources(JSON.stringify(value))

test('requests and limits are taken as they stand, and nothing is filled in', () => {
  const resources = { requests: { cpu: '0.1', memory: '64Mi' }, limits: { memory: '1G' } }
  assert.deepEqual(read(resources), { kind: 'read', resources })
})

const bad: readonly (readonly [unknown, RegExp])[] = [
  [[], /^JSON such as/],
  [{ requests: {}, limits: {}, claims: [] }, /nothing but requests and limits/],
  [{ limits: { memory: '1Gi' } }, /^requests as an object/],
  [
    { requests: { cpu: '1', memory: '1Mi', gpu: '1' }, limits: { memory: '1Gi' } },
    /in requests nothing but cpu/,
  ],
  [
    { requests: { cpu: 1, memory: '1Mi' }, limits: { memory: '1Gi' } },
    /requests\.cpu as a quantity in quotation/,
  ],
  [{ requests: { cpu: '1 core', memory: '1Mi' }, limits: { memory: '1Gi' } }, /requests\.cpu as a quantity/],
  [{ requests: { cpu: '0', memory: '1Mi' }, limits: { memory: '1Gi' } }, /requests\.cpu as a quantity/],
  [{ requests: { cpu: '1', memory: '1Mi' }, limits: {} }, /^limits\.memory/],
  [{ requests: { cpu: '1' }, limits: { memory: '1Gi' } }, /^requests\.memory/],
  [
    { requests: { cpu: '1', memory: '2Gi' }, limits: { memory: '1Gi' } },
    /limits\.memory of at least requests\.memory/,
  ],
]
for (const [value, expected] of bad) {
  test(`${JSON.stringify(value)} is refused with what is expected`, () => {
    const reading = read(value)
    assert.ok(reading.kind === 'refused')
    assert.match(reading.expected, expected)
  })
}

test('what is no JSON is refused', () => {
  assert.equal(parseResources('cpu: 1').kind, 'refused')
})
