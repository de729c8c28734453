import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject, JsonValue } from '../completion.ts'
import { answerTool } from './answer-tool.ts'
import { decodeReply } from './decode-reply.ts'

function decode(content: JsonValue, more: JsonObject = {}) {
  const body = { output: { message: { role: 'assistant', content } }, stopReason: 'end_turn', ...more }
  const decoded = decodeReply(body)
  return decoded.kind === 'reply' ? decoded.reply.choices[0] : decoded.failure
}

test('text, reasoning, calls and cited text are read in their order', () => {
  const choice = decode(
    [
      { reasoningContent: { reasoningText: { text: 'hm', signature: 's' } } },
      { text: 'so' },
      { citationsContent: { content: [{ text: 'cited' }], citations: [{ title: 't' }] } },
      { toolUse: { toolUseId: 'a', name: 'f', input: { x: 1 }, type: 'tool_use' } },
      { toolUse: { toolUseId: 'b', name: 'web', input: {}, type: 'server_tool_use' } },
      { somethingNew: {} },
      'no block',
    ],
    { stopReason: 'tool_use' },
  )
  assert.deepEqual(choice, {
    content: [
      { kind: 'reasoning', text: 'hm', signature: 's' },
      { kind: 'text', text: 'so' },
      { kind: 'text', text: 'cited', citations: [{ title: 't' }] },
      { kind: 'toolCall', id: 'a', name: 'f', argumentsText: '{"x":1}' },
      { kind: 'other', itemKind: 'server_tool_use' },
      { kind: 'other', itemKind: 'somethingNew' },
    ],
    finish: 'tool_calls',
    vendorFinish: 'tool_use',
  })
})

test('the input of the tool that carries the answer is the answer', () => {
  const choice = decode([{ toolUse: { toolUseId: 'a', name: answerTool, input: { city: 'Bonn' } } }], {
    stopReason: 'tool_use',
  })
  assert.deepEqual(choice, {
    content: [{ kind: 'text', text: '{"city":"Bonn"}' }],
    finish: 'stop',
    vendorFinish: 'tool_use',
  })
})

test('the stop sequence is told where it was asked for', () => {
  const choice = decode([{ text: 'a' }], {
    stopReason: 'stop_sequence',
    additionalModelResponseFields: { stop_sequence: 'END' },
  })
  assert.ok(choice !== undefined && 'stopSequence' in choice)
  assert.equal(choice.stopSequence, 'END')
})

test('usage counts cache reads and writes as input', () => {
  const decoded = decodeReply({
    output: { message: { content: [{ text: 'a' }] } },
    usage: {
      inputTokens: 1,
      outputTokens: 2,
      totalTokens: 10,
      cacheReadInputTokens: 3,
      cacheWriteInputTokens: 4,
    },
  })
  assert.ok(decoded.kind === 'reply')
  assert.deepEqual(decoded.reply.usage, { input: 8, output: 2, cachedInput: 3, cacheWrite: 4 })
})

test('an unknown reason for the end is no normal end', () => {
  const choice = decode([{ text: 'a' }], { stopReason: 'tired' })
  assert.ok(choice !== undefined && 'finish' in choice)
  assert.equal(choice.finish, 'other')
})

test('what the provider itself could not read is no answer', () => {
  for (const stopReason of ['malformed_tool_use', 'malformed_model_output']) {
    const failure = decode([{ text: 'a' }], { stopReason })
    assert.ok(failure !== undefined && 'kind' in failure)
    assert.equal(failure.kind, 'InvalidResponse')
  }
})

test('an error inside a 200 and any other body are failures', () => {
  const failed = decodeReply({ __type: 'ThrottlingException', message: 'slow down' })
  assert.equal(failed.kind === 'failed' && failed.failure.kind, 'RateLimited')
  for (const body of [{}, { output: null }, { output: { message: 'hi' } }, { output: [] }]) {
    const decoded = decodeReply(body)
    assert.equal(decoded.kind === 'failed' && decoded.failure.kind, 'InvalidResponse')
  }
})
