// Every client of embeddings gets its vectors from every vendor's model, and from another model only where a policy allows it.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { JsonObject } from '../../sidecar/dialect/completion.ts'
import { assertErrorShape } from '../conformance/error-shapes.ts'
import { route, targetStep } from '../support/policy-objects.ts'
import { findHead } from '../support/request-head.ts'
import { type RequestHandler, respond } from '../support/scripted-provider.ts'
import { readVerdict } from '../support/served-header.ts'
import {
  type EmbeddingCaller,
  type EmbeddingServer,
  embeddingCallers,
  embeddingServers,
} from './pairs/embedding-callers.ts'
import { openPairStage, type PairStage, plain } from './pairs/stage.ts'
import { vendors } from './pairs/vendors.ts'

const primary = targetStep('primary', { provider: 'compatible', model: 'nomic-embed-text' }, plain)
const routes = embeddingServers.flatMap(({ name, provider, model }) => {
  const backup = (more: object) => targetStep('backup', { provider, model, ...more }, plain)
  return [
    route(`embed-${name}`, [targetStep('only', { provider, model }, plain)]),
    route(`strict-${name}`, [primary, backup({})]),
    route(`open-${name}`, [primary, backup({ allowDifferentEmbeddingSpace: true })]),
  ].map(one => ({ ...one, match: { models: [one['name']] } }))
})

let stage: PairStage
before(async () => {
  stage = await openPairStage({ routes })
})
after(() => stage.close())

/** Numbers of single precision: base64 keeps them as they are. */
const vectors = [
  [0.5, -0.25, 0.125],
  [1, 0, -0.0625],
]
const words = ['one text', 'another — ünd so on']

for (const server of embeddingServers) {
  describe(`vectors of ${server.name}`, () => {
    for (const caller of embeddingCallers) {
      test(`for ${caller.name}`, () => assertServed(caller, server))
      test(`for ${caller.name} as a fallback to another model`, () => assertFallback(caller, server))
    }
  })
}

async function assertServed(caller: EmbeddingCaller, server: EmbeddingServer): Promise<void> {
  const texts = textsFor(caller, server)
  serverOf(server.provider).script(embed(server, texts))
  const { status, body, verdict } = await ask(caller, `embed-${server.name}`, texts)
  assert.equal(status, 200, JSON.stringify(body))
  assert.equal(verdict.served?.model, server.model)
  assertVectors(caller, body, texts.length)
}

async function assertFallback(caller: EmbeddingCaller, server: EmbeddingServer): Promise<void> {
  const texts = textsFor(caller, server)
  serverOf('compatible').script(broken, broken)
  const refused = await ask(caller, `strict-${server.name}`, texts)
  assert.equal(refused.status, 503)
  assert.match(refused.verdict.attempts ?? '', /backup;skipped=CapabilityMissing/)
  assertErrorShape(caller.dialect, refused.body, { status: 503, code: 'server_error' })
  serverOf(server.provider).script(embed(server, texts))
  const { status, body, verdict } = await ask(caller, `open-${server.name}`, texts)
  assert.equal(status, 200, JSON.stringify(body))
  assert.equal(verdict.served?.step, 'backup')
  assertVectors(caller, body, texts.length)
}

const broken = respond({ status: 500, json: { error: { message: 'it failed', type: 'server_error' } } })

/** Answers in the server's format, in the spelling in which it was asked. */
function embed({ dialect, model }: EmbeddingServer, texts: readonly string[]): RequestHandler {
  return {
    runsWhen: 'requestRead',
    answer(exchange) {
      const { path, body } = exchange.request
      const head = findHead(dialect, path) ?? assert.fail(`${path} is no path of ${dialect.format}`)
      const { request, spelling } = dialect.decodeRequest(JSON.parse(body), head)
      assert.equal(request.model, model)
      assert.deepEqual(
        request.inputs,
        texts.map(text => ({ kind: 'text', text })),
      )
      const reply = { id: '1', model, vectors: vectors.slice(0, texts.length), inputTokens: 9 }
      return respond({ json: dialect.encodeReply(reply, spelling) }).answer(exchange)
    },
  }
}

function assertVectors({ dialect }: EmbeddingCaller, body: JsonObject, count: number): void {
  const decoded = dialect.decodeReply(body)
  if (decoded.kind === 'failed') assert.fail(decoded.failure.detail)
  assert.deepEqual(decoded.reply.vectors, vectors.slice(0, count))
}

async function ask(caller: EmbeddingCaller, model: string, texts: readonly string[]) {
  const response = await stage.post(caller.path(model), caller.body(model, texts))
  const body: JsonObject = JSON.parse(await response.text())
  return { status: response.status, body, verdict: readVerdict(response.headers) }
}

function textsFor(caller: EmbeddingCaller, server: EmbeddingServer): readonly string[] {
  return caller.takesOne === true || server.takesOne === true ? words.slice(0, 1) : words
}

function serverOf(provider: string) {
  return stage.serverOf(vendors.find(({ name }) => name === provider) ?? assert.fail(`no ${provider}`))
}
