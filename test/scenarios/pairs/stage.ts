// One sidecar, a scripted server of every vendor, and a route to each of them under the name of the vendor.
import assert from 'node:assert/strict'
import type { CompletionReply, CompletionRequest, StreamPart } from '../../../sidecar/dialect/completion.ts'
import { streamTypes } from '../../../sidecar/dialect/stream-framings.ts'
import { accumulateParts } from '../../conformance/accumulate-parts.ts'
import { readStream } from '../../conformance/read-stream.ts'
import { createPolicyFolder } from '../../support/policy-folder.ts'
import { fallbackPolicy, type Members, policyFile, route, targetStep } from '../../support/policy-objects.ts'
import { type ScriptedProvider, startScriptedProvider } from '../../support/scripted-provider.ts'
import { readVerdict, type Verdict } from '../../support/served-header.ts'
import { startSidecar } from '../../support/start-sidecar.ts'
import type { Caller } from './callers.ts'
import { type Vendor, vendors } from './vendors.ts'

export interface PairStage {
  serverOf(vendor: Vendor): ScriptedProvider
  /** Sends the request as this caller would; the model is the name of a route. */
  ask(
    caller: Caller,
    request: CompletionRequest,
    headers?: Readonly<Record<string, string>>,
  ): Promise<PairAnswer>
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>
  close(): Promise<void>
}

export interface PairAnswer {
  readonly status: number
  readonly headers: Headers
  readonly verdict: Verdict
  readonly bytes: Buffer
  /** The connection broke before the body had ended. */
  readonly isCut: boolean
}

/** Further routes and members of providers, beside the route to each vendor. */
export interface PairStageOptions {
  readonly routes?: readonly Members[]
  readonly providers?: Readonly<Record<string, Members>>
}

export const plain: Members = { retry: { attempts: 0 }, circuitBreaker: { failures: 100 } }

export async function openPairStage(options: PairStageOptions = {}): Promise<PairStage> {
  const servers = new Map<string, ScriptedProvider>()
  for (const { name } of vendors) servers.set(name, await startScriptedProvider())
  const folder = await createPolicyFolder({ 'policy.yaml': describe(servers, options) })
  const closeAround = async () => {
    for (const server of servers.values()) await server.close()
    await folder.dispose()
  }
  try {
    const sidecar = await startSidecar({ policyDir: folder.path, environment: { LLM_FALLBACK_DRAIN: '2s' } })
    const post: PairStage['post'] = (path, body, headers = {}) =>
      fetch(`${sidecar.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      })
    return {
      serverOf: ({ name }) => servers.get(name) ?? assert.fail(`no server of ${name}`),
      post,
      ask: (caller, request, headers) => askThrough(post, caller, { request, headers }),
      async close() {
        await sidecar.stop()
        await closeAround()
      },
    }
  } catch (error) {
    await closeAround()
    throw error
  }
}

interface Asking {
  readonly request: CompletionRequest
  readonly headers: Readonly<Record<string, string>> | undefined
}

async function askThrough(
  post: PairStage['post'],
  caller: Caller,
  { request, headers }: Asking,
): Promise<PairAnswer> {
  const { model, stream } = request
  const { body } = caller.dialect.encodeRequest(request, { model, wantUsage: stream })
  const response = await post(caller.path(model, request), body, { ...caller.headers, ...headers })
  return {
    status: response.status,
    headers: response.headers,
    verdict: readVerdict(response.headers),
    ...(await readBody(response)),
  }
}

async function readBody({ body }: Response): Promise<Pick<PairAnswer, 'bytes' | 'isCut'>> {
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of body ?? []) chunks.push(chunk)
    return { bytes: Buffer.concat(chunks), isCut: false }
  } catch {
    return { bytes: Buffer.concat(chunks), isCut: true }
  }
}

function describe(servers: ReadonlyMap<string, ScriptedProvider>, options: PairStageOptions): string {
  const providers = vendors.map(({ name, dialect, base }) => ({
    apiVersion: 'llmfallback.io/v1alpha1',
    kind: 'LLMProvider' as const,
    metadata: { name },
    spec: { dialect, endpoint: `${servers.get(name)?.url}${base}`, ...options.providers?.[name] },
  }))
  const routes = vendors.map(({ name, model }) =>
    route(name, [targetStep('only', { provider: name, model }, plain)], { match: { models: [name] } }),
  )
  return policyFile([...providers, fallbackPolicy('pairs', [...routes, ...(options.routes ?? [])])])
}

export interface CallersView {
  readonly reply: CompletionReply
  readonly hasEnded: boolean
  readonly parts: readonly StreamPart[]
}

/** The answer as the caller's own client reads it. */
export function readAs(caller: Caller, answer: PairAnswer, wish: { readonly stream: boolean }): CallersView {
  if (!wish.stream) {
    const decoded = caller.dialect.decodeReply(JSON.parse(answer.bytes.toString('utf8')))
    if (decoded.kind === 'failed') assert.fail(`the answer is none: ${decoded.failure.detail}`)
    return { reply: decoded.reply, hasEnded: true, parts: [] }
  }
  const contentType = answer.headers.get('content-type') ?? ''
  assert.ok(contentType.startsWith(streamTypes[caller.framing]), contentType)
  const { parts, malformedEvents } = readStream(caller.dialect, [answer.bytes], caller.framing)
  assert.equal(malformedEvents, 0)
  const { reply, hasEnded, error } = accumulateParts(parts)
  assert.equal(error, undefined)
  return { reply, hasEnded, parts }
}
