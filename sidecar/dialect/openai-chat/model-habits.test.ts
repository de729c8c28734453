import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearestEffort } from '../nearest-effort.ts'
import { habitsOf } from './model-habits.ts'

const efforts: Readonly<Record<string, string>> = {
  'o3-mini': 'low medium high',
  'gpt-5': 'minimal low medium high',
  'gpt-5-mini-2025-08-07': 'minimal low medium high',
  'openai/gpt-5-pro': 'high',
  'gpt-5.1': 'none low medium high',
  'gpt-5.4-nano': 'none low medium high xhigh',
  'gpt-5.4-pro': 'medium high xhigh',
  'gpt-5.6': 'none low medium high xhigh max',
  'gpt-6': 'none low medium high xhigh max',
  'our-model': 'none minimal low medium high',
}

for (const [model, words] of Object.entries(efforts)) {
  test(`${model} thinks by these words: ${words}`, () => {
    assert.equal(habitsOf(model).efforts.join(' '), words)
  })
}

test('an effort that a model does not know becomes the nearest one', () => {
  const known = (model: string) => habitsOf(model).efforts
  assert.equal(nearestEffort('none', known('o3')), 'low')
  assert.equal(nearestEffort('minimal', known('gpt-5.1')), 'low')
  assert.equal(nearestEffort('max', known('gpt-5')), 'high')
  assert.equal(nearestEffort('max', known('gpt-5.4')), 'xhigh')
  assert.equal(nearestEffort('low', known('gpt-5-pro')), 'high')
  assert.equal(nearestEffort('default', known('qwen3')), 'default')
})
