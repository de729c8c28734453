import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claudeVersionOf, habitsOf } from './model-habits.ts'

const versions: Readonly<Record<string, number | undefined>> = {
  'claude-2.1': 2.01,
  'claude-3-haiku-20240307': 3,
  'claude-3-5-sonnet-20241022': 3.05,
  'claude-3-7-sonnet-latest': 3.07,
  'claude-opus-4-20250514': 4,
  'claude-opus-4@20250514': 4,
  'claude-opus-4-1-20250805': 4.01,
  'claude-sonnet-4-5': 4.05,
  'us.anthropic.claude-sonnet-4-5-20250929-v1:0': 4.05,
  'anthropic.claude-opus-4-6-v1': 4.06,
  'anthropic/claude-opus-4.7': 4.07,
  'claude-opus-4-8': 4.08,
  'claude-opus-4-10': 4.1,
  'claude-sonnet-5': 5,
  'claude-fable-5-1': 5.01,
  'claude-mythos-preview': 4.07,
  'claude-latest': undefined,
  'our-model': undefined,
}

for (const [name, version] of Object.entries(versions)) {
  test(`${name} is of version ${version}`, () => assert.equal(claudeVersionOf(name), version))
}

test('each generation refuses more than the one before', () => {
  const known = (model: string) => {
    const { takesSampling, continuesAnswers, thinking } = habitsOf(model)
    return [takesSampling, continuesAnswers, thinking.kind]
  }
  assert.deepEqual(known('claude-3-5-haiku-20241022'), [true, true, 'none'])
  assert.deepEqual(known('claude-sonnet-4-5'), [true, true, 'budget'])
  assert.deepEqual(known('claude-sonnet-4-6'), [true, false, 'adaptive'])
  assert.deepEqual(known('claude-opus-4-7'), [false, false, 'adaptive'])
  assert.deepEqual(known('claude-sonnet-5'), [false, false, 'adaptive'])
  assert.deepEqual(known('our-model'), [true, true, 'budget'])
})
