import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { Choice, CompletionReply, Finish, ReplyPart } from '../dialect/completion.ts'
import { collectReply, partsOf } from './reply-parts.ts'

/** Objects as JSON makes them. */
const plain = { noNullPrototype: true } as const
const text = fc.string({ minLength: 1 })
const part: fc.Arbitrary<ReplyPart> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('text' as const),
      text,
      citations: fc.array(fc.record({ url: text }, plain), { minLength: 1, maxLength: 2 }),
    },
    { ...plain, requiredKeys: ['kind', 'text'] },
  ),
  fc.record(
    {
      kind: fc.constant('toolCall' as const),
      id: text,
      name: text,
      argumentsText: fc.string(),
      signature: text,
    },
    { ...plain, requiredKeys: ['kind', 'id', 'name', 'argumentsText'] },
  ),
  fc.record({ kind: fc.constant('refusal' as const), text }, plain),
  fc.record({ kind: fc.constant('reasoning' as const), text }, plain),
)
/** Neighbours of one kind flow together in a stream, so an answer that was one never has any. */
const content = fc
  .array(part, { maxLength: 6 })
  .map(parts => parts.filter((one, at) => one.kind === 'toolCall' || one.kind !== parts[at - 1]?.kind))
  .filter(parts => parts.every((one, at) => one.kind === 'toolCall' || one.kind !== parts[at - 1]?.kind))
const finish = fc.constantFrom<Finish>('stop', 'length', 'tool_calls', 'content_filter', 'refusal', 'other')
const choice: fc.Arbitrary<Choice> = fc.record(
  {
    content,
    finish,
    vendorFinish: text,
    logprobs: fc.array(fc.record({ token: text, logprob: fc.double({ noNaN: true, max: 0 }) }, plain), {
      minLength: 1,
      maxLength: 2,
    }),
  },
  { ...plain, requiredKeys: ['content', 'finish', 'vendorFinish'] },
)
const reply: fc.Arbitrary<CompletionReply> = fc.record(
  {
    id: text,
    model: text,
    created: fc.nat(),
    choices: fc.array(choice, { minLength: 1, maxLength: 3 }),
    usage: fc.record({ input: fc.nat(), output: fc.nat() }, plain),
  },
  plain,
)

test('an answer made into a stream and collected again says the same', () => {
  fc.assert(
    fc.property(reply, original => {
      assert.deepEqual(collectReply(partsOf(original)), original)
    }),
  )
})

test('pieces of interleaved choices and calls find their places', () => {
  const collected = collectReply([
    { kind: 'start', id: 'a', model: 'm' },
    { kind: 'text', choice: 1, text: 'x' },
    { kind: 'toolCallStart', choice: 0, block: 0, id: 'c1', name: 'f' },
    { kind: 'toolCallStart', choice: 0, block: 1, id: 'c2', name: 'g' },
    { kind: 'toolCallArguments', choice: 0, block: 0, text: '{"a"' },
    { kind: 'toolCallArguments', choice: 0, block: 1, text: '{}' },
    { kind: 'toolCallArguments', choice: 0, block: 0, text: ':1}' },
    { kind: 'text', choice: 1, text: 'y' },
    { kind: 'end' },
  ])
  assert.deepEqual(
    collected.choices.map(({ content }) => content),
    [
      [
        { kind: 'toolCall', id: 'c1', name: 'f', argumentsText: '{"a":1}' },
        { kind: 'toolCall', id: 'c2', name: 'g', argumentsText: '{}' },
      ],
      [{ kind: 'text', text: 'xy' }],
    ],
  )
})

test('later usage replaces earlier usage, field by field', () => {
  const { usage } = collectReply([
    { kind: 'usage', usage: { input: 5, output: 1 } },
    { kind: 'usage', usage: { output: 9 } },
  ])
  assert.deepEqual(usage, { input: 5, output: 9 })
})
