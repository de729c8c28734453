import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ready } from '../../test/support/call-kit.ts'

const asked = '{"model":"gpt-4o","messages":[]}'

function verdictOn(body: string, status = 200, text = asked) {
  return ready(text).readWhole({
    status,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(body),
  })
}

function replyWith(message: object, finish_reason: string): string {
  return JSON.stringify({ id: 'x', choices: [{ index: 0, message, finish_reason }] })
}

test('an answer is read', () => {
  const verdict = verdictOn(replyWith({ content: 'hi' }, 'stop'))
  assert.equal(verdict.kind === 'reply' && verdict.completion?.choices[0]?.finish, 'stop')
})

test('what is cut, foreign or empty is an invalid response', () => {
  for (const body of [
    '',
    '{"id":"x","choices":[{"index":0,"mess',
    '<html>',
    '[]',
    '{"id":"x","choices":[]}',
    replyWith({ content: '' }, 'stop'),
    replyWith({ content: null, reasoning_content: 'hm' }, 'stop'),
  ]) {
    const verdict = verdictOn(body)
    assert.equal(verdict.kind === 'failed' && verdict.failure.kind, 'InvalidResponse', body)
  }
})

test('a legal empty answer is an answer', () => {
  assert.equal(verdictOn(replyWith({ content: '' }, 'length')).kind, 'reply')
  assert.equal(verdictOn(replyWith({ content: '' }, 'content_filter')).kind, 'reply')
  const withStop = '{"model":"gpt-4o","messages":[],"stop":["x"]}'
  assert.equal(verdictOn(replyWith({ content: '' }, 'stop'), 200, withStop).kind, 'reply')
})

test('a status other than success is classified, a redirect never followed', () => {
  for (const [status, kind] of [
    [503, 'Overloaded'],
    [401, 'AuthFailed'],
    [302, 'InvalidResponse'],
  ] as const) {
    const verdict = verdictOn('{}', status)
    assert.equal(verdict.kind === 'failed' && verdict.failure.kind, kind)
  }
})

test('a failed prompt that was paid for tells its usage', () => {
  const verdict = verdictOn('{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":0}}')
  assert.deepEqual(verdict.kind === 'failed' && verdict.usage, { input: 5, output: 0 })
})

test('an answer without a time gets ours', () => {
  const wish = { format: 'anthropic-messages', wallTime: () => 7_900 } as const
  const call = ready('{"model":"c","max_tokens":5,"messages":[{"role":"user","content":"hi"}]}', wish)
  const verdict = call.readWhole({
    status: 200,
    headers: {},
    body: Buffer.from(replyWith({ content: 'x' }, 'stop')),
  })
  assert.equal(verdict.kind === 'reply' && verdict.completion?.created, 7)
})
