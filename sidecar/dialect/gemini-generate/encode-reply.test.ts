import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Choice } from '../completion.ts'
import { decodeReply } from './decode-reply.ts'
import { encodeReply } from './encode-reply.ts'
import { foreignCallSignature, foreignCallSignatureForCallers } from './signatures.ts'

function choiceOf(more: Partial<Choice>): Choice {
  return { content: [{ kind: 'text', text: 'hi' }], finish: 'stop', vendorFinish: 'stop', ...more }
}

function again(choice: Choice) {
  const decoded = decodeReply(encodeReply({ id: 'r', model: 'm', choices: [choice] }))
  if (decoded.kind === 'failed') throw new Error(decoded.failure.detail)
  return decoded.reply.choices[0]
}

test('gives the first of foreign calls the stand-in, and Google’s own call its signature', () => {
  const call = { kind: 'toolCall', id: 'c', name: 'f', argumentsText: '{"a":1}' } as const
  const write = (content: Choice['content']) =>
    JSON.stringify(
      encodeReply({ id: 'r', model: 'm', choices: [choiceOf({ content, finish: 'tool_calls' })] }),
    )
  assert.match(write([{ ...call, signature: 'foreign' }]), /"skip\/thought\/signature\/validator"/)
  assert.doesNotMatch(write([{ ...call, signature: 'foreign' }]), /foreign/)
  const own = write([{ ...call, signature: 'gemini:own' }])
  assert.match(own, /"thoughtSignature":"own"/)
  assert.doesNotMatch(own, /skip/)
})

test('the stand-in for callers is the documented one in the alphabet that strict readers of base64 know', () => {
  const strict = /^(?:[A-Za-z0-9+/]{4})+$/
  assert.match(foreignCallSignatureForCallers, strict)
  assert.doesNotMatch(foreignCallSignature, strict)
  const bytes = Buffer.from(foreignCallSignature, 'base64url')
  assert.deepEqual(Buffer.from(foreignCallSignatureForCallers, 'base64'), bytes)
})

test('keeps sources, offsets and log probabilities through the wire', () => {
  const content = [
    {
      kind: 'text',
      text: 'Köln, Grüße',
      citations: [{ url: 'https://a.example', title: 'A', start: 6, end: 11 }],
    },
  ] as const
  const logprobs = [{ token: 'K', logprob: -0.25, top: [{ token: 'B', logprob: -3 }] }]
  const read = again(choiceOf({ content, logprobs }))
  assert.deepEqual(read?.content, content)
  assert.deepEqual(read?.logprobs, logprobs)
})

test('ends a refusal as filtered and keeps its words', () => {
  const read = again(choiceOf({ content: [{ kind: 'refusal', text: 'no' }], finish: 'refusal' }))
  assert.equal(read?.vendorFinish, 'SAFETY')
  assert.deepEqual(read?.content, [{ kind: 'text', text: 'no' }])
})

test('leaves out parts that only another vendor’s clients understand', () => {
  const read = again(choiceOf({ content: [{ kind: 'other', itemKind: 'server_tool_use' }] }))
  assert.deepEqual(read?.content, [])
})

test('counts no more output than there is where a server counts more reasoning than output', () => {
  const usage = { input: 5, output: 10, reasoning: 11 }
  const decoded = decodeReply(encodeReply({ id: 'r', model: 'm', choices: [choiceOf({})], usage }))
  assert.equal(decoded.kind === 'reply' && decoded.reply.usage?.output, 10)
})
