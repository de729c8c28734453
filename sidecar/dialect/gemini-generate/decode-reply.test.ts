import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject, ReplyPart } from '../completion.ts'
import { decodeReply } from './decode-reply.ts'

function replyTo(body: JsonObject) {
  const decoded = decodeReply(body)
  if (decoded.kind === 'failed') throw new Error(decoded.failure.detail)
  return decoded.reply
}

function candidate(parts: readonly JsonObject[], more: JsonObject = {}): JsonObject {
  return { candidates: [{ content: { parts }, finishReason: 'STOP', ...more }], responseId: 'r' }
}

function textPart(parts: readonly ReplyPart[] = []) {
  const found = parts.find(part => part.kind === 'text')
  if (found === undefined) throw new Error('no text')
  return found
}

test('counts thoughts into the output and what tools read into the input', () => {
  const { usage } = replyTo({
    ...candidate([{ text: 'a' }]),
    usageMetadata: {
      promptTokenCount: 10,
      toolUsePromptTokenCount: 5,
      candidatesTokenCount: 2,
      thoughtsTokenCount: 3,
      cachedContentTokenCount: 4,
    },
  })
  assert.deepEqual(usage, { input: 15, output: 5, cachedInput: 4, reasoning: 3 })
})

test('gives nameless calls ids that differ within an answer and stay the same when it is read again', () => {
  const body = candidate([{ functionCall: { name: 'a' } }, { functionCall: { name: 'a' } }])
  const ids = replyTo(body).choices[0]?.content.map(part => (part.kind === 'toolCall' ? part.id : ''))
  assert.equal(new Set(ids).size, 2)
  assert.deepEqual(
    replyTo(body).choices[0]?.content.map(part => (part.kind === 'toolCall' ? part.id : '')),
    ids,
  )
})

test('turns byte offsets of sources into offsets of text', () => {
  const { choices } = replyTo(
    candidate([{ text: 'Grüße aus Köln' }], {
      groundingMetadata: {
        groundingChunks: [
          { web: { uri: 'https://a.example', title: 'A' } },
          { retrievedContext: { uri: 'https://b.example', text: 'passage' } },
        ],
        groundingSupports: [{ segment: { startIndex: 12, endIndex: 17 }, groundingChunkIndices: [0] }],
      },
    }),
  )
  const part = textPart(choices[0]?.content)
  assert.deepEqual(part.citations, [
    { url: 'https://a.example', title: 'A', start: 10, end: 14 },
    { url: 'https://b.example', citedText: 'passage' },
  ])
  assert.equal(part.text.slice(10, 14), 'Köln')
})

test('reads log probabilities with their alternatives', () => {
  const pair = (token: string, logProbability: number) => ({ token, logProbability })
  const { choices } = replyTo(
    candidate([{ text: 'a' }], {
      logprobsResult: {
        chosenCandidates: [pair('a', -0.5)],
        topCandidates: [{ candidates: [pair('a', -0.5), pair('b', -2)] }],
      },
    }),
  )
  assert.deepEqual(choices[0]?.logprobs, [
    {
      token: 'a',
      logprob: -0.5,
      top: [
        { token: 'a', logprob: -0.5 },
        { token: 'b', logprob: -2 },
      ],
    },
  ])
})

test('takes a call that the server calls broken for no answer', () => {
  const decoded = decodeReply({
    candidates: [{ content: {}, finishReason: 'MALFORMED_FUNCTION_CALL' }],
    usageMetadata: { promptTokenCount: 3 },
  })
  assert.equal(decoded.kind === 'failed' && decoded.failure.kind, 'InvalidResponse')
  assert.deepEqual(decoded.kind === 'failed' && decoded.usage, { input: 3, output: 0 })
})

test('reads an error inside a 200 with the wait that stands beside it', () => {
  const decoded = decodeReply({
    error: {
      code: 429,
      status: 'RESOURCE_EXHAUSTED',
      message: 'slow down',
      details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '7.5s' }],
    },
  })
  assert.equal(decoded.kind === 'failed' && decoded.failure.kind, 'RateLimited')
  assert.equal(decoded.kind === 'failed' && decoded.failure.retryAfterMs, 7500)
})

test('never takes an unknown end for a normal one', () => {
  const body = { candidates: [{ content: { parts: [{ text: 'a' }] }, finishReason: 'SOMETHING_NEW' }] }
  assert.equal(replyTo(body).choices[0]?.finish, 'other')
})
