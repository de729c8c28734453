import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { StreamPart } from '../completion.ts'
import { decodeReply } from './decode-reply.ts'
import { ResponsesStreamEncoder } from './encode-stream.ts'

const options = { id: 'msg_01', model: 'm', created: 7, includeUsage: false }

type WireEvent = ReturnType<typeof JSON.parse>

function read(text: string): readonly WireEvent[] {
  return text
    .split('\n\n')
    .slice(0, -1)
    .map(block => {
      const [name, data] = block.split('\n')
      const event = JSON.parse(data?.replace(/^data: /, '') ?? '')
      assert.equal(name, `event: ${event.type}`)
      return event
    })
}

function write(parts: readonly StreamPart[]): readonly WireEvent[] {
  const encoder = new ResponsesStreamEncoder(options)
  return read(parts.map(part => encoder.encode(part)).join(''))
}

const answer: readonly StreamPart[] = [
  { kind: 'start', id: 'msg_01', model: 'claude' },
  { kind: 'reasoning', choice: 0, text: 'hm', signature: 'secret' },
  { kind: 'text', choice: 0, text: 'one ' },
  { kind: 'text', choice: 0, text: 'moment' },
  { kind: 'citation', choice: 0, citation: { url: 'https://e.org', title: 'E', start: 0, end: 3 } },
  { kind: 'toolCallStart', choice: 0, block: 0, id: 'a', name: 'f' },
  { kind: 'toolCallArguments', choice: 0, block: 0, text: '{"x":1}' },
  { kind: 'toolCallStart', choice: 0, block: 1, id: 'b', name: 'g' },
  { kind: 'usage', usage: { input: 5, output: 1 } },
  { kind: 'finish', choice: 0, finish: 'tool_calls', vendorFinish: 'tool_use' },
  { kind: 'usage', usage: { output: 9 } },
  { kind: 'end' },
]

test('opens every item before its pieces, closes it after them, and ends with the whole answer', () => {
  const events = write(answer)
  assert.deepEqual(
    events.map(event => event.type.replace('response.', '')),
    [
      'created',
      'in_progress',
      'output_item.added',
      'reasoning_summary_part.added',
      'reasoning_summary_text.delta',
      'reasoning_summary_text.done',
      'reasoning_summary_part.done',
      'output_item.done',
      'output_item.added',
      'content_part.added',
      'output_text.delta',
      'output_text.delta',
      'output_text.annotation.added',
      'output_text.done',
      'content_part.done',
      'output_item.done',
      'output_item.added',
      'function_call_arguments.delta',
      'function_call_arguments.done',
      'output_item.done',
      'output_item.added',
      'function_call_arguments.delta',
      'function_call_arguments.done',
      'output_item.done',
      'completed',
    ],
  )
  const { response } = events.at(-1)
  assert.equal(response.id, 'resp_01')
  assert.equal(response.model, 'claude')
  assert.deepEqual([response.usage.input_tokens, response.usage.output_tokens], [5, 9])
  assert.ok(!JSON.stringify(events).includes('secret'))
})

test('the final response says what the events said', () => {
  const { response } = write(answer).at(-1)
  const decoded = decodeReply(response)
  assert.deepEqual(decoded.kind === 'reply' && decoded.reply.choices[0]?.content, [
    { kind: 'reasoning', text: 'hm' },
    {
      kind: 'text',
      text: 'one moment',
      citations: [{ url: 'https://e.org', title: 'E', start: 0, end: 3 }],
    },
    { kind: 'toolCall', id: 'a', name: 'f', argumentsText: '{"x":1}' },
    { kind: 'toolCall', id: 'b', name: 'g', argumentsText: '{}' },
  ])
})

test('a cap cuts the answer: the last item and the response are incomplete', () => {
  const events = write([
    { kind: 'text', choice: 0, text: 'half' },
    { kind: 'finish', choice: 0, finish: 'length', vendorFinish: 'max_tokens' },
    { kind: 'end' },
  ])
  const last = events.at(-1)
  assert.equal(last.type, 'response.incomplete')
  assert.deepEqual(last.response.incomplete_details, { reason: 'max_output_tokens' })
  assert.equal(last.response.output[0].status, 'incomplete')
})

test('a refusal that was shown completes, a silent one is filtered', () => {
  const finish: StreamPart = { kind: 'finish', choice: 0, finish: 'refusal', vendorFinish: 'refusal' }
  const shown = write([{ kind: 'refusal', choice: 0, text: 'no' }, finish, { kind: 'end' }]).at(-1)
  assert.deepEqual(shown.response.output[0].content, [{ type: 'refusal', refusal: 'no' }])
  assert.equal(shown.type, 'response.completed')
  const silent = write([finish, { kind: 'end' }]).at(-1)
  assert.deepEqual(silent.response.incomplete_details, { reason: 'content_filter' })
})

test('calls whose pieces interleave stay open side by side', () => {
  const piece = (block: number, text: string): StreamPart => ({
    kind: 'toolCallArguments',
    choice: 0,
    block,
    text,
  })
  const events = write([
    { kind: 'toolCallStart', choice: 0, block: 0, id: 'a', name: 'f' },
    piece(0, '{"x"'),
    { kind: 'toolCallStart', choice: 0, block: 1, id: 'b', name: 'g' },
    piece(1, '{}'),
    piece(0, ':1}'),
    { kind: 'end' },
  ])
  const { output } = events.at(-1).response
  assert.deepEqual(
    output.map((item: WireEvent) => [item.call_id, item.arguments]),
    [
      ['a', '{"x":1}'],
      ['b', '{}'],
    ],
  )
})

test('an error is thrown by clients and then fails the response, without an end', () => {
  const encoder = new ResponsesStreamEncoder(options)
  const error = { status: 503, code: 'overloaded', message: 'no', requestId: '1' }
  const events = read(encoder.encode({ kind: 'text', choice: 0, text: 'x' }) + encoder.encodeError(error))
  const [told, failed] = events.slice(-2)
  assert.equal(told.type, 'error')
  assert.deepEqual(told.error, {
    message: 'no',
    type: 'llm_fallback_error',
    param: null,
    code: 'overloaded',
  })
  assert.equal(failed.response.status, 'failed')
  assert.deepEqual(failed.response.error, { code: 'overloaded', message: 'no' })
})

test('behind a beginning that came from the provider only the error is told', () => {
  const encoder = new ResponsesStreamEncoder({ ...options, hasBegun: true })
  const error = { status: 503, code: 'overloaded', message: 'no', requestId: '1' }
  assert.deepEqual(
    read(encoder.encodeError(error)).map(event => event.type),
    ['error'],
  )
})

test('an answer without anything is still a whole stream', () => {
  const events = write([{ kind: 'end' }])
  assert.deepEqual(
    events.map(event => event.type),
    ['response.created', 'response.in_progress', 'response.completed'],
  )
})

// ── The grammar that strict clients check ──────────────────────────────────────────────────────────────────────────

const piece = fc.oneof(
  fc.constantFrom<StreamPart>(
    { kind: 'text', choice: 0, text: 'x' },
    { kind: 'refusal', choice: 0, text: 'x' },
    { kind: 'reasoning', choice: 0, text: 'x' },
  ),
  fc.nat({ max: 3 }).map(
    (block): StreamPart => ({
      kind: 'toolCallStart',
      choice: 0,
      block,
      id: `call_${block}`,
      name: 'f',
    }),
  ),
  fc
    .tuple(fc.nat({ max: 3 }), fc.constantFrom('{', '}', '{}', ''))
    .map(([block, text]): StreamPart => ({ kind: 'toolCallArguments', choice: 0, block, text })),
)

test('whatever comes, numbers run on, items are opened once and closed once, and the response holds them all', () => {
  fc.assert(
    fc.property(fc.array(piece), parts => {
      const events = write([...parts, { kind: 'end' }])
      const opened: string[] = []
      const closed = new Set<string>()
      for (const [index, event] of events.entries()) {
        assert.equal(event.sequence_number, index)
        if (event.type === 'response.output_item.added') {
          assert.equal(event.output_index, opened.length)
          opened.push(event.item.id)
        } else if (event.type === 'response.output_item.done') {
          assert.equal(opened[event.output_index], event.item.id)
          assert.ok(!closed.has(event.item.id))
          closed.add(event.item.id)
        } else if (event.item_id !== undefined) {
          assert.equal(opened[event.output_index], event.item_id)
          assert.ok(!closed.has(event.item_id))
        }
      }
      const { output } = events.at(-1).response
      assert.deepEqual(
        output.map((item: WireEvent) => item.id),
        opened,
      )
      assert.equal(closed.size, new Set(opened).size)
      assert.equal(closed.size, opened.length)
    }),
  )
})
