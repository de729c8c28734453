// Chains without wires: scripted providers behind the real walk, for tests of its rules.

import type { CompiledProvider, CompiledTargetStep, ModelFacts } from '../../crds/snapshot/policy-snapshot.ts'
import { defaultTargetWhen, type FailureKind } from '../../crds/vocabulary.ts'
import { AttemptAllowance } from '../../sidecar/chain/attempt-allowance.ts'
import type { ChainEvent } from '../../sidecar/chain/events.ts'
import type {
  CallerRequest,
  PreparedCall,
  ProviderCall,
  ProviderPort,
  ProviderResult,
} from '../../sidecar/chain/ports.ts'
import { nothingAhead, type Step, type Walk } from '../../sidecar/chain/step.ts'
import { targetStep } from '../../sidecar/chain/steps/target-step.ts'
import { Target } from '../../sidecar/chain/target.ts'
import { Breaker } from '../../sidecar/resilience/breaker.ts'
import { Cancellation, type CancelSignal } from '../../sidecar/resilience/cancellation.ts'
import { Deadline } from '../../sidecar/resilience/deadline.ts'
import { RetryBudget } from '../../sidecar/resilience/retry-budget.ts'
import { TokenEstimator } from '../../sidecar/resilience/token-estimate.ts'
import { consecutiveFailures } from '../../sidecar/resilience/trip-rules.ts'
import { FakeClock } from './fake-clock.ts'
import { play, ScriptedReader, type Turn } from './scripted-turns.ts'

export * from './scripted-turns.ts'

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
  readonly caller = new Cancellation()
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
      ahead: nothingAhead,
      forcedHop: undefined,
      firstModel: undefined,
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
      streamType: 'text/event-stream',
      readWhole: answer => ({ kind: 'reply', completion: JSON.parse(answer.body.toString()) }),
      readStream: () => new ScriptedReader(),
    }
  }

  #sender({ name, turns }: TargetScript): ProviderPort {
    const queue = [...turns]
    return {
      missingCredential: () => undefined,
      credentialArrival: () => undefined,
      send: (_call: ProviderCall, signal: CancelSignal): Promise<ProviderResult> => {
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
