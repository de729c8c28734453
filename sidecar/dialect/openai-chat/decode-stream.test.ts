import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { StreamPart } from '../completion.ts'
import { ChatStreamDecoder } from './decode-stream.ts'

function decode(...events: readonly unknown[]): readonly StreamPart[] {
  const decoder = new ChatStreamDecoder()
  return events.flatMap(event => {
    const data = typeof event === 'string' ? event : JSON.stringify(event)
    return decoder.decode({ data }) ?? assert.fail(`malformed: ${data}`)
  })
}

function delta(members: object, more: object = {}): object {
  return { id: 'chatcmpl-1', choices: [{ index: 0, delta: members, ...more }] }
}

const withoutStart = (parts: readonly StreamPart[]) => parts.filter(part => part.kind !== 'start')

test('a text answer with a usage chunk', () => {
  const parts = decode(
    {
      id: 'chatcmpl-1',
      model: 'gpt',
      created: 5,
      choices: [{ index: 0, delta: { role: 'assistant', content: '' } }],
      usage: null,
    },
    delta({ content: 'hi' }),
    delta({}, { finish_reason: 'stop' }),
    { id: 'chatcmpl-1', choices: [], usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 } },
    '[DONE]',
  )
  assert.deepEqual(parts, [
    { kind: 'start', id: 'chatcmpl-1', model: 'gpt', created: 5 },
    { kind: 'text', choice: 0, text: 'hi' },
    { kind: 'finish', choice: 0, finish: 'stop', vendorFinish: 'stop' },
    { kind: 'usage', usage: { input: 3, output: 1 } },
    { kind: 'end' },
  ])
})

test('the first chunk of Azure says nothing', () => {
  assert.deepEqual(decode({ id: '', model: '', choices: [], prompt_filter_results: [{}] }), [])
})

test('fragments belong to their call by index', () => {
  const fragment = (index: number, more: object) => delta({ tool_calls: [{ index, ...more }] })
  const parts = decode(
    fragment(0, { id: 'a', type: 'function', function: { name: 'f', arguments: '' } }),
    fragment(1, { id: 'b', type: 'function', function: { name: 'g', arguments: '{' } }),
    fragment(0, { function: { arguments: '{"x":' } }),
    fragment(1, { function: { arguments: '}' } }),
    fragment(0, { function: { arguments: '1}' } }),
    fragment(2, { function: {} }),
    delta({}, { finish_reason: 'stop' }),
  )
  assert.deepEqual(withoutStart(parts), [
    { kind: 'toolCallStart', choice: 0, block: 0, id: 'a', name: 'f' },
    { kind: 'toolCallStart', choice: 0, block: 1, id: 'b', name: 'g' },
    { kind: 'toolCallArguments', choice: 0, block: 1, text: '{' },
    { kind: 'toolCallArguments', choice: 0, block: 0, text: '{"x":' },
    { kind: 'toolCallArguments', choice: 0, block: 1, text: '}' },
    { kind: 'toolCallArguments', choice: 0, block: 0, text: '1}' },
    { kind: 'finish', choice: 0, finish: 'tool_calls', vendorFinish: 'stop' },
  ])
})

test('two whole calls that both claim index 0 are two calls', () => {
  const call = (id: string) => ({ index: 0, id, function: { name: id, arguments: '{}' } })
  const parts = withoutStart(decode(delta({ tool_calls: [call('a'), call('b')] })))
  assert.deepEqual(
    parts.filter(part => part.kind === 'toolCallStart').map(part => part.block),
    [0, 1],
  )
})

test('whole calls without an id are told apart, whatever their index', () => {
  const call = (name: string, text: string, more: object = {}) => ({
    ...more,
    function: { name, arguments: text },
  })
  const idless = decode(
    delta({
      tool_calls: [call('f', '{}', { index: 0, id: '' }), call('f', '{"a":1}', { index: 0, id: '' })],
    }),
    delta({ tool_calls: [call('g', '{}', { id: '' })] }),
  )
  assert.deepEqual(
    withoutStart(idless).flatMap(part =>
      part.kind === 'toolCallArguments' ? [[part.block, part.text]] : [],
    ),
    [
      [0, '{}'],
      [1, '{"a":1}'],
      [2, '{}'],
    ],
  )
  const ids = idless.flatMap(part => (part.kind === 'toolCallStart' ? [part.id] : []))
  assert.equal(new Set(ids).size, 3)
})

test('a name that is repeated in every piece is one call', () => {
  const piece = (text: string) =>
    delta({ tool_calls: [{ index: 0, function: { name: 'f', arguments: text } }] })
  const parts = decode(piece(''), piece('{"a"'), piece(':1}'), piece(''))
  assert.equal(parts.filter(part => part.kind === 'toolCallStart').length, 1)
})

test('two calls with one id get an id each', () => {
  const call = (index: number) => ({ index, id: 'same', function: { name: 'f', arguments: '{}' } })
  const parts = decode(delta({ tool_calls: [call(0), call(1)] }))
  const ids = parts.flatMap(part => (part.kind === 'toolCallStart' ? [part.id] : []))
  assert.deepEqual(ids, ['same', 'call_chatcmpl1_1'])
})

test('a call without an id or an index gets both', () => {
  const parts = withoutStart(
    decode(delta({ tool_calls: [{ function: { name: 'f', arguments: { x: 1 } } }] })),
  )
  assert.deepEqual(parts, [
    { kind: 'toolCallStart', choice: 0, block: 0, id: 'call_chatcmpl1_0', name: 'f' },
    { kind: 'toolCallArguments', choice: 0, block: 0, text: '{"x":1}' },
  ])
})

test('a function call of the time before tools is a tool call', () => {
  const parts = withoutStart(
    decode(
      delta({ function_call: { name: 'f', arguments: '' } }),
      delta({ function_call: { arguments: '{}' } }),
      delta({}, { finish_reason: 'function_call' }),
    ),
  )
  assert.deepEqual(
    parts.map(part => part.kind),
    ['toolCallStart', 'toolCallArguments', 'finish'],
  )
})

test('text on the finish chunk comes before the finish', () => {
  assert.deepEqual(
    withoutStart(decode(delta({ content: 'x' }, { finish_reason: 'length' }))).map(part => part.kind),
    ['text', 'finish'],
  )
})

test('a repeated finish reason counts once', () => {
  const parts = decode(
    delta({}, { finish_reason: 'stop' }),
    delta({ content: '' }, { finish_reason: 'stop' }),
  )
  assert.equal(parts.filter(part => part.kind === 'finish').length, 1)
})

test('a stop after refusal text is a refusal', () => {
  const parts = withoutStart(decode(delta({ refusal: 'no' }), delta({}, { finish_reason: 'stop' })))
  assert.deepEqual(parts.at(-1), { kind: 'finish', choice: 0, finish: 'refusal', vendorFinish: 'stop' })
})

test('an unknown finish reason is not a normal stop', () => {
  assert.deepEqual(decode(delta({}, { finish_reason: 'eaten_by_dog' })).at(-1), {
    kind: 'finish',
    choice: 0,
    finish: 'other',
    vendorFinish: 'eaten_by_dog',
  })
})

test('thinking is read wherever servers put it', () => {
  for (const thinking of [
    { reasoning_content: 'hm' },
    { reasoning: 'hm' },
    { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] },
  ]) {
    assert.deepEqual(withoutStart(decode(delta(thinking))), [{ kind: 'reasoning', choice: 0, text: 'hm' }])
  }
})

test('errors in the stream are errors in every shape', () => {
  const shapes: readonly object[] = [
    { error: { message: 'x', type: 'server_error', code: null } },
    { object: 'error', message: 'x', type: 'BadRequestError', code: 500 },
    { code: 'unavailable', error: 'at capacity' },
    { choices: [{ index: 0, delta: {}, error: { code: 502, message: 'x' } }] },
    { choices: [{ index: 0, delta: {}, finish_reason: 'error' }] },
    { choices: [{ index: 0, delta: {}, finish_reason: 'insufficient_system_resource' }] },
  ]
  for (const shape of shapes) assert.equal(decode(shape).at(-1)?.kind, 'error', JSON.stringify(shape))
  const named = new ChatStreamDecoder().decode({ event: 'error', data: 'out of order' })
  assert.equal(named?.at(-1)?.kind, 'error')
})

test('what is not a chunk is malformed, and empty data says nothing', () => {
  const decoder = new ChatStreamDecoder()
  assert.equal(decoder.decode({ data: '{"choices":[' }), undefined)
  assert.equal(decoder.decode({ data: '"text"' }), undefined)
  assert.deepEqual(decoder.decode({ data: '' }), [])
})

test('never throws, whatever JSON comes', () => {
  const member = fc.constantFrom(
    'choices',
    'delta',
    'index',
    'tool_calls',
    'function',
    'usage',
    'error',
    'content',
    'id',
  )
  const chunk = fc.dictionary(
    member,
    fc.oneof(fc.jsonValue(), fc.array(fc.dictionary(member, fc.jsonValue()))),
  )
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 4 }), chunks => {
      const decoder = new ChatStreamDecoder()
      for (const one of chunks) decoder.decode({ data: JSON.stringify(one) })
    }),
    { numRuns: 500 },
  )
})
