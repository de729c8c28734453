// Chains without wires: scripted providers behind the real walk, for tests of its rules.
import type { CompiledProvider, CompiledTargetStep, ModelFacts } from '../../crds/snapshot/policy-snapshot.ts'
import { defaultTargetWhen, type FailureKind } from '../../crds/vocabulary.ts'
import { AttemptAllowance } from '../../sidecar/chain/attempt-allowance.ts'
import type { ChainEvent } from '../../sidecar/chain/events.ts'
import type {
  BodyConsumer,
  CallerRequest,
  PreparedCall,
  ProviderCall,
  ProviderPort,
  ProviderResult,
  StreamReader,
  StreamUnit,
  UpstreamBody,
} from '../../sidecar/chain/ports.ts'
import type { Step, Walk } from '../../sidecar/chain/step.ts'
import { targetStep } from '../../sidecar/chain/steps/target-step.ts'
import { Target } from '../../sidecar/chain/target.ts'
import type { CompletionReply, StreamPart } from '../../sidecar/dialect/completion.ts'
import type { Failure } from '../../sidecar/failure/failure.ts'
import { Breaker } from '../../sidecar/resilience/breaker.ts'
import { Deadline } from '../../sidecar/resilience/deadline.ts'
import { RetryBudget } from '../../sidecar/resilience/retry-budget.ts'
import { TokenEstimator } from '../../sidecar/resilience/token-estimate.ts'
import { consecutiveFailures } from '../../sidecar/resilience/trip-rules.ts'
import { FakeClock } from './fake-clock.ts'

/** What a scripted provider does with one call. */
export type Turn =
  | {
      readonly kind: 'reply'
      readonly text?: string
      readonly finish?: 'stop' | 'refusal' | 'content_filter'
    }
  | { readonly kind: 'fail'; readonly failure: Failure }
  /** Never answers; ends when it is aborted. */
  | { readonly kind: 'silence' }
  | { readonly kind: 'stream'; readonly play: (stream: ScriptedStream) => void }

export const fail = (kind: FailureKind, more: Partial<Failure> = {}): Turn => ({
  kind: 'fail',
  failure: { kind, detail: 'scripted', ...more },
})
export const reply = (text = 'fine'): Turn => ({ kind: 'reply', text })

/** The provider's end of a stream, in the hands of a test. */
export class ScriptedStream implements UpstreamBody {
  isAborted = false
  isPaused = false
  #consumer: BodyConsumer | undefined

  consume(consumer: BodyConsumer): void {
    this.#consumer = consumer
  }
  pause(): void {
    this.isPaused = true
  }
  resume(): void {
    this.isPaused = false
  }
  abort(): void {
    this.isAborted = true
  }
  /** Sends events; each holds the parts that its decoder would have found. */
  send(...events: readonly (readonly StreamPart[] | 'malformed')[]): void {
    if (!this.isAborted)
      this.#consumer?.data(Buffer.from(`${events.map(parts => JSON.stringify(parts)).join('\n')}\n`))
  }
  end(): void {
    if (!this.isAborted) this.#consumer?.end()
  }
  breakOff(kind: FailureKind = 'StreamInterrupted'): void {
    if (!this.isAborted) this.#consumer?.error({ kind, detail: 'scripted break' })
  }
}

class ScriptedReader implements StreamReader {
  malformedEvents = 0
  push(chunk: Buffer, unit: (unit: StreamUnit) => void): void {
    for (const line of chunk.toString().split('\n').slice(0, -1)) {
      const parts: readonly StreamPart[] | 'malformed' = JSON.parse(line)
      if (parts === 'malformed') this.malformedEvents += 1
      else unit({ data: line, parts })
    }
  }
  finish(): void {
    // Lines are always whole here.
  }
}

export const text = (value: string): StreamPart => ({ kind: 'text', choice: 0, text: value })
export const finish = (value: 'stop' | 'length' | 'refusal' = 'stop'): StreamPart => ({
  kind: 'finish',
  choice: 0,
  finish: value,
  vendorFinish: value,
})
export const start: StreamPart = { kind: 'start', id: 'x', model: 'm' }
export const marker: StreamPart = { kind: 'end' }

export interface TargetScript {
  readonly name: string
  readonly turns: readonly Turn[]
  readonly step?: Partial<CompiledTargetStep>
  readonly facts?: ModelFacts
  readonly region?: string
  readonly regions?: readonly string[]
  readonly isForeign?: boolean
}

export interface SentCall {
  readonly target: string
  readonly at: number
}

export class WalkKit {
  readonly clock = new FakeClock()
  readonly events: ChainEvent[] = []
  readonly sent: SentCall[] = []
  readonly caller = new AbortController()
  readonly breakers = new Map<string, Breaker<FailureKind>>()
  readonly tokens = new TokenEstimator()
  #drops: readonly string[] = []

  /** What a translation to a foreign target would lose. */
  dropping(...names: readonly string[]): this {
    this.#drops = names
    return this
  }

  target(hop: number, script: TargetScript): Step {
    const { name } = script
    const provider: CompiledProvider = {
      key: `LLMProvider/test/${name}`,
      kind: 'LLMProvider',
      name,
      dialect: script.isForeign ? 'Anthropic' : 'OpenAI',
      endpoint: `https://${name}.example`,
      credentials: { kind: 'none' },
      headers: [],
      models: [],
      ...(script.region !== undefined && { region: script.region }),
    }
    const step: CompiledTargetStep = {
      ...defaultStep,
      name,
      hop,
      when: hop === 0 ? [] : defaultTargetWhen,
      provider: provider.key,
      ...(script.facts && { facts: script.facts }),
      ...script.step,
    }
    const { failures, windowMs, openForMs } = step.circuitBreaker
    const rule = consecutiveFailures({ failures, windowMs })
    const breaker =
      this.breakers.get(name) ?? new Breaker<FailureKind>({ rule, openForMs, clock: this.clock })
    this.breakers.set(name, breaker)
    return targetStep(
      new Target({
        step,
        provider,
        sender: this.#sender(script),
        breaker,
        retryBudget: new RetryBudget({ percent: 100, minPerSecond: 10, clock: this.clock }),
        tokens: this.tokens,
        random: () => 0.5,
        ...(script.regions && { regions: script.regions }),
      }),
    )
  }

  walk(changes: Partial<Omit<Walk, 'deadline' | 'attempts' | 'request'>> & Limits = {}): Walk {
    const { deadlineMs = 60_000, attempts = 6, request, ...rest } = changes
    return {
      request: this.request(request),
      labels: { requestId: 'R1', policy: 'test/policy', route: 'route' },
      strategy: 'single',
      tenant: '',
      deadline: new Deadline(this.clock, deadlineMs),
      attempts: new AttemptAllowance(attempts),
      clock: this.clock,
      emit: event => this.events.push(event),
      isPrimaryOnly: false,
      mayRetry: true,
      refusalHops: [],
      forcedHop: undefined,
      ...rest,
    }
  }

  request(changes: Partial<CallerRequest> = {}): CallerRequest {
    return {
      id: 'R1',
      format: 'openai-chat',
      operation: 'Chat',
      endpoint: 'completion',
      model: 'm',
      stream: false,
      facts: { needs: [], textCharacters: 40, mediaParts: 0 },
      bodyBytes: 40,
      header: () => undefined,
      fallbackOff: false,
      signal: this.caller.signal,
      prepare: provider => ({ kind: 'ready', call: this.#call(provider.dialect !== 'OpenAI') }),
      contentDigest: () => 'digest',
      ...changes,
    }
  }

  /** One scripted answer outside any queue. */
  answer(turn: Turn): Promise<ProviderResult> {
    return play(turn, this.caller.signal)
  }

  #call(isForeign: boolean): PreparedCall {
    return {
      path: '/chat/completions',
      headers: {},
      body: Buffer.from('{}'),
      drops: isForeign ? this.#drops : [],
      isNative: !isForeign,
      readWhole: answer => ({ kind: 'reply', completion: JSON.parse(answer.body.toString()) }),
      readStream: () => new ScriptedReader(),
    }
  }

  #sender({ name, turns }: TargetScript): ProviderPort {
    const queue = [...turns]
    return {
      missingCredential: () => undefined,
      send: (_call: ProviderCall, signal: AbortSignal): Promise<ProviderResult> => {
        this.sent.push({ target: name, at: this.clock.now() })
        const turn = queue.length > 1 ? queue.shift() : queue[0]
        return play(turn ?? { kind: 'silence' }, signal)
      },
    }
  }
}

interface Limits {
  readonly deadlineMs?: number
  readonly attempts?: number
  readonly request?: Partial<CallerRequest>
}

function play(turn: Turn, signal: AbortSignal): Promise<ProviderResult> {
  switch (turn.kind) {
    case 'fail':
      return Promise.resolve({ kind: 'failed', failure: turn.failure })
    case 'silence':
      return new Promise(resolve => {
        const gone = () => resolve({ kind: 'failed', failure: { kind: 'ConnectError', detail: 'aborted' } })
        signal.addEventListener('abort', gone, { once: true })
      })
    case 'reply': {
      const completion: CompletionReply = {
        id: 'x',
        model: 'm',
        choices: [
          {
            content: [{ kind: 'text', text: turn.text ?? 'fine' }],
            finish: turn.finish ?? 'stop',
            vendorFinish: null,
          },
        ],
        usage: { input: 10, output: 5 },
      }
      const body = new ScriptedStream()
      const consume = body.consume.bind(body)
      body.consume = consumer => {
        consume(consumer)
        consumer.data(Buffer.from(JSON.stringify(completion)))
        consumer.end()
      }
      return Promise.resolve({
        kind: 'answered',
        status: 200,
        headers: { 'content-type': 'application/json' },
        body,
      })
    }
    case 'stream': {
      const body = new ScriptedStream()
      const consume = body.consume.bind(body)
      body.consume = consumer => {
        consume(consumer)
        turn.play(body)
      }
      return Promise.resolve({
        kind: 'answered',
        status: 200,
        headers: { 'content-type': 'text/event-stream' },
        body,
      })
    }
  }
}

const defaultStep: CompiledTargetStep = {
  kind: 'target',
  name: 'step',
  hop: 0,
  when: [],
  provider: '',
  model: 'm',
  entersLargerWindow: true,
  requireParameters: false,
  allowDifferentEmbeddingSpace: false,
  timeout: { connectMs: 2000, firstTokenMs: 10_000, idleMs: 20_000, totalMs: 60_000 },
  retry: { attempts: 0, initialMs: 100, factor: 5, maxMs: 2000 },
  circuitBreaker: { failures: 3, windowMs: 30_000, openForMs: 60_000 },
}
