import assert from 'node:assert/strict'
import { test } from 'node:test'
import { habitsOf } from './model-habits.ts'

const ids: readonly (readonly [string, boolean, boolean, boolean])[] = [
  // id, keeps prompts, enforces schemas, thinks by budget
  ['anthropic.claude-v2:1', false, false, false],
  ['anthropic.claude-3-sonnet-20240229-v1:0', false, false, false],
  ['anthropic.claude-3-5-sonnet-20240620-v1:0', false, false, false],
  ['anthropic.claude-3-5-sonnet-20241022-v2:0', true, false, false],
  ['us.anthropic.claude-3-7-sonnet-20250219-v1:0', true, false, true],
  ['eu.anthropic.claude-sonnet-4-20250514-v1:0', true, false, true],
  ['global.anthropic.claude-sonnet-4-5-20250929-v1:0', true, true, true],
  ['us.anthropic.claude-sonnet-4-6', true, true, true],
  ['arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-4-5-20251101-v1:0', true, true, true],
  ['amazon.nova-pro-v1:0', true, false, false],
  ['meta.llama3-70b-instruct-v1:0', false, false, false],
  ['arn:aws:bedrock:us-east-1:000000000000:application-inference-profile/abc', false, false, false],
]

for (const [id, cachesPrompts, enforcesSchemas, thinks] of ids) {
  test(`${id} is known for what it takes`, () => {
    const habits = habitsOf(id)
    assert.deepEqual(
      [habits.cachesPrompts, habits.enforcesSchemas, habits.thinking === 'budget'],
      [cachesPrompts, enforcesSchemas, thinks],
    )
  })
}
