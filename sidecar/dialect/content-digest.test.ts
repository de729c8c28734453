import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anthropicMessages } from './anthropic-messages/anthropic-messages.ts'
import { contentDigest } from './content-digest.ts'
import { openaiChat } from './openai-chat/openai-chat.ts'
import { parseBody } from './parse-body.ts'

function digest(text: string, extra: readonly string[] = []): string {
  return contentDigest({ parsed: parseBody(Buffer.from(text)), caller: openaiChat, extra })
}

test('how a request is written and delivered does not matter', () => {
  const one = digest('{"model":"m","messages":[{"role":"user","content":"é"}],"temperature":1}')
  const other = digest(
    '{ "temperature":1.0, "stream":true,"stream_options":{},"user":"u","messages":[{"content":"\\u00e9","role":"user"}],"model":"m"}',
  )
  assert.equal(one, other)
})

test('what is asked does matter', () => {
  const base = digest('{"model":"m","messages":[],"a":1}')
  for (const text of [
    '{"model":"n","messages":[],"a":1}',
    '{"model":"m","messages":[1],"a":1}',
    '{"model":"m","messages":[],"a":2}',
    '{"model":"m","messages":[],"b":1}',
    '{"model":"m","messages":[]}',
  ]) {
    assert.notEqual(digest(text), base, text)
  }
  assert.notEqual(digest('{"model":"m","messages":[],"a":1}', ['x']), base)
})

test('the dialect matters', () => {
  const parsed = parseBody(Buffer.from('{"model":"m"}'))
  const chat = contentDigest({ parsed, caller: openaiChat, extra: [] })
  assert.notEqual(contentDigest({ parsed, caller: anthropicMessages, extra: [] }), chat)
})

test('members never run together', () => {
  const value = fc.dictionary(
    fc.constantFrom('a', 'b', 'ab', '1:1:a'),
    fc.constantFrom(1, 11, 'a', 'b":1', null),
  )
  fc.assert(
    fc.property(value, value, (left, right) => {
      const sorted = (one: object) => JSON.stringify(Object.entries(one).sort())
      assert.equal(
        digest(JSON.stringify(left)) === digest(JSON.stringify(right)),
        sorted(left) === sorted(right),
      )
    }),
    { numRuns: 500 },
  )
})

test('large bodies are put in order at the top level', () => {
  const large = JSON.stringify('x'.repeat(300_000))
  assert.equal(digest(`{"a":${large},"b":1}`), digest(`{ "b":1 , "a": ${large},"stream":true}`))
  assert.notEqual(digest(`{"a":${large},"b":1}`), digest(`{"a":${large},"b":2}`))
})
