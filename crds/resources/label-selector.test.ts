import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type LabelSelector, selectsLabels } from './label-selector.ts'

const labels = { app: 'copilot', tier: 'web', empty: '' }

const cases: readonly (readonly [string, LabelSelector, boolean])[] = [
  ['an empty selector', {}, true],
  ['an equal label', { matchLabels: { app: 'copilot' } }, true],
  ['another value', { matchLabels: { app: 'other' } }, false],
  ['a missing label', { matchLabels: { zone: 'a' } }, false],
  ['one of two', { matchLabels: { app: 'copilot', tier: 'db' } }, false],
  [
    'In with the value',
    { matchExpressions: [{ key: 'app', operator: 'In', values: ['a', 'copilot'] }] },
    true,
  ],
  ['In without the label', { matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] }, false],
  [
    'NotIn with the value',
    { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['copilot'] }] },
    false,
  ],
  [
    'NotIn without the label',
    { matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a'] }] },
    true,
  ],
  ['Exists', { matchExpressions: [{ key: 'empty', operator: 'Exists' }] }, true],
  ['Exists without the label', { matchExpressions: [{ key: 'zone', operator: 'Exists' }] }, false],
  ['DoesNotExist', { matchExpressions: [{ key: 'zone', operator: 'DoesNotExist' }] }, true],
  ['DoesNotExist with the label', { matchExpressions: [{ key: 'empty', operator: 'DoesNotExist' }] }, false],
  ['a name of every object', { matchExpressions: [{ key: 'constructor', operator: 'Exists' }] }, false],
  [
    'labels and expressions together',
    { matchLabels: { app: 'copilot' }, matchExpressions: [{ key: 'tier', operator: 'In', values: ['db'] }] },
    false,
  ],
]

for (const [what, selector, expected] of cases) {
  test(`${what} ${expected ? 'selects' : 'does not select'}`, () => {
    assert.equal(selectsLabels(selector, labels), expected)
  })
}
