import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Choice, CompletionReply } from './completion.ts'
import { judgeReply, refusalOf } from './judge-reply.ts'

function reply(...choices: readonly Partial<Choice>[]): CompletionReply {
  const whole = choices.map(choice => ({ content: [], finish: null, vendorFinish: null, ...choice }))
  return { id: 'x', model: 'm', choices: whole }
}

const plain = { hasStopSequences: false }

test('content without a finish reason is an answer', () => {
  assert.equal(judgeReply(reply({ content: [{ kind: 'text', text: 'x' }] }), plain), undefined)
})

test('nothing at all is none', () => {
  assert.equal(judgeReply(reply(), plain)?.kind, 'InvalidResponse')
  assert.equal(judgeReply(reply({ finish: 'stop' }), plain)?.kind, 'InvalidResponse')
  assert.equal(judgeReply(reply({}), plain)?.kind, 'InvalidResponse')
  assert.equal(judgeReply(reply({ finish: 'tool_calls' }), plain)?.kind, 'InvalidResponse')
})

test('a stop sequence may stop an answer before its first word', () => {
  assert.equal(judgeReply(reply({ finish: 'stop', stopSequence: 'END' }), plain), undefined)
  assert.equal(judgeReply(reply({ finish: 'stop' }), { hasStopSequences: true }), undefined)
})

test('one good choice is enough', () => {
  const good = { finish: 'stop', content: [{ kind: 'text', text: 'x' }] } as const
  assert.equal(judgeReply(reply({ finish: 'stop' }, good), plain), undefined)
})

test('refusals and filtered answers are told apart from answers, with the answer as it came', () => {
  const body = Buffer.from('{}')
  const failure = refusalOf(reply({ finish: 'refusal' }), {
    status: 200,
    headers: { 'content-type': 'a/b' },
    body,
  })
  assert.equal(failure?.kind, 'GuardrailBlocked')
  assert.deepEqual(failure?.answer, { status: 200, contentType: 'a/b', body })
  assert.equal(refusalOf(reply({ finish: 'content_filter' }))?.kind, 'GuardrailBlocked')
  assert.equal(refusalOf(reply({ finish: 'stop' })), undefined)
})
