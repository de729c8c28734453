// A policy holder over scripted providers, for tests of what is live and how it is asked.
import assert from 'node:assert/strict'
import type {
  CompiledPolicy,
  CompiledProvider,
  CompiledRoute,
  CompiledStep,
  CompiledTargetStep,
  PolicySnapshot,
} from '../../crds/snapshot/policy-snapshot.ts'
import { defaultFloorWhen, defaultTargetWhen } from '../../crds/vocabulary.ts'
import { createAnswerCache } from '../../sidecar/cache/answer-cache.ts'
import type { ChainEvent } from '../../sidecar/chain/events.ts'
import type { Outcome } from '../../sidecar/chain/outcome.ts'
import type { CallerRequest } from '../../sidecar/chain/ports.ts'
import { PolicyHolder } from '../../sidecar/policy/policy-holder.ts'
import type { WalkSession } from '../../sidecar/policy/ports.ts'
import { TargetRegistry } from '../../sidecar/policy/target-registry.ts'
import { TokenEstimator } from '../../sidecar/resilience/token-estimate.ts'
import { reply, type Turn, WalkKit } from './walk-kit.ts'

export const provider = (name: string): CompiledProvider => ({
  key: `LLMProvider/test/${name}`,
  kind: 'LLMProvider',
  name,
  dialect: 'OpenAI',
  endpoint: `https://${name}.example/v1`,
  credentials: { kind: 'none' },
  headers: [],
  models: [],
})

export const target = (
  name: string,
  hop: number,
  more: Partial<CompiledTargetStep> = {},
): CompiledTargetStep => ({
  kind: 'target',
  name,
  hop,
  when: hop === 0 ? [] : defaultTargetWhen,
  provider: `LLMProvider/test/${name}`,
  model: 'm',
  entersLargerWindow: true,
  requireParameters: false,
  allowDifferentEmbeddingSpace: false,
  timeout: { connectMs: 100, firstTokenMs: 1000, idleMs: 1000, totalMs: 1000 },
  retry: { attempts: 0, initialMs: 1, factor: 1, maxMs: 1 },
  circuitBreaker: { failures: 1, windowMs: 30_000, openForMs: 60_000 },
  ...more,
})

export const route = (chain: readonly CompiledStep[], more: Partial<CompiledRoute> = {}): CompiledRoute => ({
  name: 'chat',
  strategy: 'provider-rotation',
  match: { models: ['gpt-*'] },
  limits: { deadlineMs: 60_000, attempts: 6 },
  retryBudget: { percent: 20, minPerSecond: 3 },
  whenAllOpen: 'Fail',
  streaming: { onBreak: 'Terminate', keepAliveMs: 15_000 },
  chain,
  ...more,
})

export const floor: CompiledStep = {
  kind: 'manual',
  name: 'floor',
  hop: 9,
  when: defaultFloorWhen,
  text: 'sorry',
  status: 200,
}

export class House {
  readonly kit = new WalkKit()
  readonly events: ChainEvent[] = []
  readonly turns = new Map<string, Turn[]>()
  readonly calls: string[] = []
  /** Names of providers whose key cannot be had. */
  readonly keyless = new Set<string>()
  /** Resolves when they have theirs. */
  keysComing: Promise<void> | undefined
  readonly registry = new TargetRegistry(this.kit.clock, event => this.events.push(event))
  readonly holder = new PolicyHolder({
    registry: this.registry,
    clock: this.kit.clock,
    emit: event => this.events.push(event),
    cache: createAnswerCache({ maxBytes: 1_000_000, clock: this.kit.clock }),
    tokens: new TokenEstimator(),
    random: () => 0.5,
    cacheKeyOf: (policy, { name }, walk) =>
      [policy.name, name, walk.tenant, walk.request.contentDigest()].join('|'),
    sender: {
      credentialArrival: ({ name }) => (this.keyless.has(name) ? this.keysComing : undefined),
      missingCredential: ({ name }) =>
        this.keyless.has(name) ? { kind: 'AuthFailed', detail: 'the credential is missing' } : undefined,
      send: async call => {
        this.calls.push(call.provider.name)
        const queue = this.turns.get(call.provider.name) ?? [reply()]
        const turn = queue.length > 1 ? queue.shift() : queue[0]
        return turn === undefined ? this.kit.answer(reply()) : this.kit.answer(turn)
      },
    },
  })

  apply(routes: readonly CompiledRoute[], more: Partial<CompiledPolicy> = {}, digest = 'd1'): void {
    const names = ['a', 'b', 'c']
    const snapshot: PolicySnapshot = {
      version: 1,
      digest,
      providers: Object.fromEntries(names.map(name => [`LLMProvider/test/${name}`, provider(name)])),
      policies: [
        { namespace: 'test', name: 'policy', identity: 'policy@1', mode: 'Enforce', routes, ...more },
      ],
    }
    this.holder.apply(snapshot)
  }

  open(request: Partial<CallerRequest> = {}): WalkSession {
    const match = this.holder.match(this.kit.request({ model: 'gpt-4o', ...request }))
    assert.equal(match.kind, 'matched')
    if (match.kind !== 'matched') throw new Error('unreachable')
    return match.session
  }

  async ask(request: Partial<CallerRequest> = {}): Promise<Outcome> {
    return this.open(request).walk()
  }
}
