import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inputFor } from '../../test/support/call-kit.ts'
import type { Message } from './completion.ts'
import { dialectOf } from './registry.ts'
import { separateCallIds } from './separate-call-ids.ts'

function calls(...ids: readonly string[]): Message {
  const names = ['first', 'second', 'third']
  const content = ids.map(
    (id, index) => ({ kind: 'toolCall', id, name: names[index] ?? 'more', argumentsText: '{}' }) as const,
  )
  return { role: 'assistant', content }
}

function result(callId: string, text: string): Message {
  return { role: 'tool', content: [{ kind: 'toolResult', callId, content: [{ kind: 'text', text }] }] }
}

function idsIn(messages: readonly Message[]): readonly string[] {
  return messages.flatMap(({ content }) =>
    content.flatMap(part =>
      part.kind === 'toolCall' ? [part.id] : part.kind === 'toolResult' ? [part.callId] : [],
    ),
  )
}

test('ids that are repeated from turn to turn stay', () => {
  const messages = [calls('call_0'), result('call_0', 'a'), calls('call_0'), result('call_0', 'b')]
  assert.equal(separateCallIds(messages), messages)
})

test('calls of one turn get an id each, and their results follow in order', () => {
  const messages = [calls('x', 'x'), result('x', 'a'), result('x', 'b'), calls('x'), result('x', 'c')]
  assert.deepEqual(idsIn(separateCallIds(messages)), ['x', 'x_1', 'x', 'x_1', 'x', 'x'])
})

test('an empty id is none, and no id is taken twice', () => {
  const messages = [calls('', '', 'call_1'), result('', 'a'), result('', 'b'), result('call_1', 'c')]
  assert.deepEqual(idsIn(separateCallIds(messages)), [
    'call_2',
    'call_3',
    'call_1',
    'call_2',
    'call_3',
    'call_1',
  ])
})

test('each result is answered under the name of its own call', () => {
  const call = (name: string) => ({ id: '', type: 'function', function: { name, arguments: '{}' } })
  const text = JSON.stringify({
    model: 'm',
    messages: [
      { role: 'user', content: 'go' },
      { role: 'assistant', content: null, tool_calls: [call('weather'), call('clock')] },
      { role: 'tool', tool_call_id: '', content: 'sunny' },
      { role: 'tool', tool_call_id: '', content: 'noon' },
    ],
  })
  const request = inputFor(text).decoded()
  const { body } = dialectOf('gemini-generate').encodeRequest(
    { ...request, messages: separateCallIds(request.messages) },
    { model: 'gemini-2.5-flash', wantUsage: false },
  )
  const written = JSON.stringify(body['contents'])
  assert.match(written, /"name":"weather","response":\{"output":"sunny"\}/)
  assert.match(written, /"name":"clock","response":\{"output":"noon"\}/)
})
