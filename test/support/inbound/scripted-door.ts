// A policy room whose walks a test scripts, for the inbound edge's own tests.
import type { Outcome, ServedStep, StreamConsumer, StreamReply } from '../../../sidecar/chain/outcome.ts'
import type { CachedAnswer, CallerRequest, StreamUnit } from '../../../sidecar/chain/ports.ts'
import type {
  ListedModel,
  MatchResult,
  PolicyDoor,
  SessionEnd,
  WalkSession,
} from '../../../sidecar/policy/ports.ts'

export type ScriptedWalk = (request: CallerRequest) => Promise<Outcome>

export class ScriptedSession implements WalkSession {
  readonly policyIdentity = 'copilot@3'
  readonly route = 'chat'
  readonly keepAliveMs: number
  readonly request: CallerRequest
  readonly ends: SessionEnd[] = []
  readonly stored: CachedAnswer['body'][] = []
  wants = false
  firstBytes = 0
  readonly #script: ScriptedDoor

  constructor(request: CallerRequest, script: ScriptedDoor) {
    this.request = request
    this.#script = script
    this.keepAliveMs = script.keepAliveMs
    this.wants = script.wantsAnswers
  }

  walk(): Promise<Outcome> {
    return this.#script.walk(this.request)
  }
  would(): string | undefined {
    return this.#script.wouldBe
  }
  cacheState() {
    return this.#script.cache
  }
  wantsAnswer(): boolean {
    return this.wants
  }
  storeAnswer(body: CachedAnswer['body']): void {
    this.stored.push(body)
  }
  firstByteWritten(): void {
    this.firstBytes += 1
  }
  finish(end: SessionEnd): void {
    this.ends.push(end)
  }
}

export class ScriptedDoor implements PolicyDoor {
  walk: ScriptedWalk = () => Promise.resolve(servedWhole())
  verdict: 'matched' | 'noRoute' | 'notReady' = 'matched'
  keepAliveMs = 15_000
  wantsAnswers = false
  wouldBe: string | undefined
  cache: { readonly result: 'hit' | 'miss'; readonly ageSeconds?: number } | undefined
  models: readonly ListedModel[] = []
  isReady = true
  readonly sessions: ScriptedSession[] = []

  match(request: CallerRequest): MatchResult {
    if (this.verdict !== 'matched') return { kind: this.verdict }
    const session = new ScriptedSession(request, this)
    this.sessions.push(session)
    return { kind: 'matched', session }
  }
  listModels(): readonly ListedModel[] {
    return this.models
  }
  readiness() {
    return { isReady: this.isReady, text: this.isReady ? 'ready' : 'no policy is live yet' }
  }
  describePolicy(): unknown {
    return { policies: [] }
  }
  describeBreakers(): unknown {
    return []
  }
  /** The only session so far. */
  get session(): ScriptedSession {
    const [only] = this.sessions
    if (only === undefined) throw new Error('no request came through the door')
    return only
  }
}

// ── Outcomes ───────────────────────────────────────────────────────────────────────────────────────────────────────

export const primary: ServedStep = {
  name: 'primary',
  hop: 0,
  kind: 'target',
  origin: { provider: 'openai', model: 'gpt-4o' },
  drops: [],
}

export const chatAnswer = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
}

export function servedWhole(answer: object = chatAnswer, step: ServedStep = primary): Outcome {
  const body = Buffer.from(JSON.stringify(answer))
  const headers = { 'content-type': 'application/json', 'x-request-id': 'req_upstream' }
  return {
    kind: 'served',
    step,
    reply: {
      kind: 'whole',
      native: { status: 200, headers, body },
      completion: {
        id: 'chatcmpl-1',
        model: 'gpt-4o',
        choices: [{ content: [{ kind: 'text', text: 'hello' }], finish: 'stop', vendorFinish: 'stop' }],
        usage: { input: 3, output: 1 },
      },
    },
    trail: [{ kind: 'attempt', step: step.name, hop: step.hop, retry: 0, milliseconds: 5 }],
  }
}

export function servedStream(reply: StreamReply, step: ServedStep = primary): Outcome {
  return {
    kind: 'served',
    step,
    reply,
    trail: [{ kind: 'attempt', step: step.name, hop: step.hop, retry: 0, milliseconds: 5 }],
  }
}

/** A stream that a test feeds by hand. */
export class ScriptedStream implements StreamReply {
  readonly kind = 'stream'
  readonly isNative: boolean
  readonly headers = { 'content-type': 'text/event-stream', 'x-request-id': 'req_upstream' }
  readonly held: string[] = []
  #consumer: StreamConsumer | undefined
  #onRelay: (stream: ScriptedStream) => void

  constructor(
    options: { readonly isNative: boolean },
    onRelay: (stream: ScriptedStream) => void = () => undefined,
  ) {
    this.isNative = options.isNative
    this.#onRelay = onRelay
  }

  relay(consumer: StreamConsumer): void {
    this.#consumer = consumer
    this.#onRelay(this)
  }
  pause(): void {
    this.held.push('pause')
  }
  resume(): void {
    this.held.push('resume')
  }
  get consumer(): StreamConsumer {
    if (this.#consumer === undefined) throw new Error('the stream is not relayed yet')
    return this.#consumer
  }
  /** Hands over the events of one upstream chunk. */
  chunk(...units: readonly StreamUnit[]): void {
    for (const unit of units) this.consumer.unit(unit)
    this.consumer.flush()
  }
}

export function textUnit(text: string): StreamUnit {
  const chunk = { id: 'chatcmpl-1', choices: [{ index: 0, delta: { content: text }, finish_reason: null }] }
  return { data: JSON.stringify(chunk), parts: [{ kind: 'text', choice: 0, text }] }
}

export const stopUnit: StreamUnit = {
  data: JSON.stringify({ id: 'chatcmpl-1', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
  parts: [{ kind: 'finish', choice: 0, finish: 'stop', vendorFinish: 'stop' }],
}

export const usageUnit: StreamUnit = {
  data: JSON.stringify({
    id: 'chatcmpl-1',
    choices: [],
    usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
  }),
  parts: [{ kind: 'usage', usage: { input: 3, output: 1 } }],
}

export const doneUnit: StreamUnit = { data: '[DONE]', parts: [{ kind: 'end' }] }
