// The floor of a chain: an earlier answer, or words that a person wrote. Neither sends anything.
import type { CompiledCacheStep, CompiledManualStep } from '../../../crds/snapshot/policy-snapshot.ts'
import type { CachedAnswer, CachePort, CallerRequest } from '../ports.ts'
import type { Step, Walk } from '../step.ts'
import { announceEntry, type StepResult } from '../walk-chain.ts'

export function cacheStep(spec: CompiledCacheStep, cache: CachePort, keyOf: (walk: Walk) => string): Step {
  return {
    spec,
    async run(walk, course): Promise<StepResult> {
      if (isCounting(walk)) return cannotCount
      const answer = isCacheable(walk.request)
        ? lookUp({ cache, maxAgeMs: spec.maxAgeMs, keyOf }, walk)
        : undefined
      if (answer === undefined) {
        return {
          kind: 'skipped',
          skip: { reason: 'CacheMiss', detail: 'the cache holds no fresh answer to this request' },
        }
      }
      announceEntry(spec, walk, course)
      return servedFromCache(answer, walk, { kind: 'floor', step: spec.name, hop: spec.hop })
    },
  }
}

/** Largest request whose answer is remembered: hashing more than this costs more than the rare hit is worth. */
const maxCacheableBytes = 1024 * 1024

export function isCacheable(request: Pick<CallerRequest, 'bodyBytes' | 'endpoint'>): boolean {
  return request.endpoint !== 'countTokens' && request.bodyBytes <= maxCacheableBytes
}

export interface CacheLookup {
  readonly cache: CachePort
  readonly maxAgeMs: number
  readonly keyOf: (walk: Walk) => string
}

export function lookUp(lookup: CacheLookup, walk: Walk): CachedAnswer | undefined {
  const answer = lookup.cache.find(lookup.keyOf(walk), lookup.maxAgeMs)
  walk.emit({ kind: 'cacheAsked', policy: walk.labels.policy, result: answer === undefined ? 'miss' : 'hit' })
  return answer
}

export function servedFromCache(
  answer: CachedAnswer,
  walk: Walk,
  entry: { readonly kind: 'floor'; readonly step: string; readonly hop: number },
): StepResult {
  const ageSeconds = Math.max(0, Math.floor((walk.clock.now() - answer.storedAt) / 1000))
  return {
    kind: 'served',
    reply: { kind: 'stored', answer, ageSeconds },
    origin: answer.origin,
    drops: [],
    trail: [entry],
  }
}

export function manualStep(spec: CompiledManualStep): Step {
  return {
    spec,
    async run(walk, course): Promise<StepResult> {
      if (isCounting(walk)) return cannotCount
      announceEntry(spec, walk, course)
      const entry = { kind: 'floor', step: spec.name, hop: spec.hop } as const
      return {
        kind: 'served',
        reply: { kind: 'manual', text: spec.text, status: spec.status },
        drops: [],
        trail: [entry],
      }
    },
  }
}

function isCounting(walk: Walk): boolean {
  return walk.request.endpoint === 'countTokens'
}

/** A number of tokens can be neither remembered nor apologised for. */
const cannotCount: StepResult = {
  kind: 'skipped',
  skip: { reason: 'CapabilityMissing', detail: 'this step has no answer to a token count' },
}
