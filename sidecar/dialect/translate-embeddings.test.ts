import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CompiledProvider } from '../../crds/snapshot/policy-snapshot.ts'
import { headFor } from '../../test/support/request-head.ts'
import type { Preparation, PreparedCall } from '../chain/ports.ts'
import type { EmbeddingFormat } from './dialect.ts'
import { parseBody } from './parse-body.ts'
import { embeddingDialectOf } from './registry.ts'
import { prepareEmbedding } from './translate-embeddings.ts'

const provider: CompiledProvider = {
  key: 'LLMProvider/a/p',
  kind: 'LLMProvider',
  name: 'p',
  dialect: 'OpenAI',
  endpoint: 'https://host.example',
  credentials: { kind: 'none' },
  headers: [],
  models: [],
}

interface Wish {
  readonly format?: EmbeddingFormat
  readonly dialect?: CompiledProvider['dialect']
  readonly model?: string
}

function prepare(
  text: string,
  { format = 'openai-embeddings', dialect = 'OpenAI', model = 'm' }: Wish = {},
): Preparation {
  const caller = embeddingDialectOf(format)
  const body = parseBody(Buffer.from(text))
  const head = headFor(caller, { model: 'asked' })
  return prepareEmbedding({
    caller,
    head,
    body,
    provider: { ...provider, dialect },
    target: { model },
    decoded: () => caller.decodeRequest(body.json, head),
  })
}

function ready(text: string, wish?: Wish): PreparedCall {
  const preparation = prepare(text, wish)
  assert.ok(preparation.kind === 'ready', 'the call was impossible')
  return preparation.call
}

const odd = '{ "model":"m" , "x_new": 1.50,"input":["\\u0068i", "there"] }'

test("the same format and model: the caller's very bytes", () => {
  const call = ready(odd)
  assert.equal(call.body.toString(), odd)
  assert.equal(call.path, '/embeddings')
  assert.equal(call.isNative, true)
})

test('another vendor is asked in its own format, and losses are named', () => {
  const call = ready(odd, { dialect: 'Cohere', model: 'embed-v4.0' })
  assert.equal(call.path, '/v2/embed')
  assert.equal(call.isNative, false)
  assert.deepEqual(JSON.parse(call.body.toString()).texts, ['hi', 'there'])
  assert.deepEqual(call.drops, ['x_new'])
})

test('several texts are a batch where the vendor tells that apart', () => {
  assert.equal(ready(odd, { dialect: 'Gemini' }).path, '/v1beta/models/m:batchEmbedContents')
})

test('a vendor without embeddings, or without words for the request, is left out', () => {
  assert.equal(prepare(odd, { dialect: 'Anthropic' }).kind, 'impossible')
  assert.equal(prepare('{"model":"m","input":[[1,2]]}', { dialect: 'Gemini' }).kind, 'impossible')
})

test('vectors are read, and anything else is an invalid response', () => {
  const answer = (body: string) => ready(odd).readWhole({ status: 200, headers: {}, body: Buffer.from(body) })
  const good = answer('{"data":[{"index":0,"embedding":[0.5]}],"model":"m","usage":{"prompt_tokens":2}}')
  assert.deepEqual(good.kind === 'reply' && good.embedding?.vectors, [[0.5]])
  for (const body of ['', '[]', '{}', '{"data":[]}', '{"data":[{"index":0,"embedding":[]}]}']) {
    const verdict = answer(body)
    assert.equal(verdict.kind === 'failed' && verdict.failure.kind, 'InvalidResponse', body)
  }
})
