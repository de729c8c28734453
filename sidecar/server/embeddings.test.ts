import assert from 'node:assert/strict'
import test from 'node:test'
import { jsonOf, rawPost, sendRaw, statusOf, withServer } from '../../test/support/inbound/data-server-kit.ts'
import { primary } from '../../test/support/inbound/scripted-door.ts'
import type { Outcome, WholeReply } from '../chain/outcome.ts'

const ask = rawPost(
  '/v1beta/models/gemini-embedding-001:embedContent',
  JSON.stringify({ content: { parts: [{ text: 'hi' }] } }),
  ['Host: a', 'Connection: close'],
)
const embedding = { model: 'm', vectors: [[0.5, -0.25]], inputTokens: 1 }

function served(reply: Omit<WholeReply, 'kind'>): Outcome {
  return { kind: 'served', step: primary, reply: { kind: 'whole', ...reply }, trail: [] }
}

test('a request for embeddings is one for the policy, too', async () => {
  await withServer({}, async ({ door, port }) => {
    door.walk = async () => served({ embedding })
    await sendRaw(port, ask)
    const { operation, endpoint, model, stream, facts, format } = door.session.request
    assert.deepEqual(
      { operation, endpoint, model, stream, format, needs: facts.needs },
      {
        operation: 'Embeddings',
        endpoint: 'embeddings',
        model: 'gemini-embedding-001',
        stream: false,
        format: 'gemini-embeddings',
        needs: ['Embeddings'],
      },
    )
  })
})

test("vectors of another format are written in the caller's, and kept", async () => {
  await withServer({}, async ({ door, port }) => {
    door.wantsAnswers = true
    door.walk = async () => served({ embedding })
    const answer = await sendRaw(port, ask)
    assert.deepEqual(jsonOf(answer)['embedding'], { values: [0.5, -0.25] })
    assert.equal(door.session.stored.length, 1)
  })
})

test('native vectors reach their caller byte for byte', async () => {
  await withServer({}, async ({ door, port }) => {
    const body = Buffer.from('{"embedding" : {"values":[0.50]}}')
    door.walk = async () => served({ native: { status: 200, headers: {}, body }, embedding })
    const answer = await sendRaw(port, ask)
    assert.ok(answer.endsWith(body.toString()))
  })
})

test('no text of a person is a vector: a manual answer is an error', async () => {
  await withServer({}, async ({ door, port }) => {
    const step = { name: 'floor', hop: 1, kind: 'manual', drops: [] } as const
    const reply = { kind: 'manual', text: 'call us', status: 200 } as const
    door.walk = async () => ({ kind: 'served', step, reply, trail: [] })
    const answer = await sendRaw(port, ask)
    assert.equal(statusOf(answer), 503)
    assert.match(JSON.stringify(jsonOf(answer)['error']), /call us/)
  })
})
