// Holds what is live. A request reads it once; a change replaces it whole, and a refused change leaves it alone.
import type { CompiledPolicy, PolicySnapshot } from '../../crds/snapshot/policy-snapshot.ts'
import type { ChainListener } from '../chain/events.ts'
import type { CachePort, CallerRequest } from '../chain/ports.ts'
import type { Clock } from '../resilience/clock.ts'
import { describeBreakers, describeSnapshot } from './describe.ts'
import { listModels } from './list-models.ts'
import {
  buildLiveSnapshot,
  type LiveParts,
  type LivePolicy,
  type LiveRoute,
  type LiveSnapshot,
} from './live-snapshot.ts'
import { matchesRoute } from './match-route.ts'
import type { ListedModel, MatchResult, PolicyDoor, WalkSession } from './ports.ts'
import { openSession } from './walk-session.ts'

export interface HolderParts extends LiveParts {
  readonly clock: Clock
  readonly emit: ChainListener
  readonly cache: CachePort
  /** Where policy comes from and how old it is, for `/readyz`; absent: it goes without saying. */
  readonly describeSource?: () => string
}

export class PolicyHolder implements PolicyDoor {
  readonly #parts: HolderParts
  #live: LiveSnapshot | undefined
  #refusal: string | undefined

  constructor(parts: HolderParts) {
    this.#parts = parts
  }

  /** The digest of what is live; undefined before the first snapshot. */
  get digest(): string | undefined {
    return this.#live?.snapshot.digest
  }

  /**
   * Makes a snapshot live for every request that comes from now on. Requests on their way finish on theirs.
   * @throws Error when it cannot be run; the old one stays.
   */
  apply(snapshot: PolicySnapshot): void {
    this.#live = buildLiveSnapshot(snapshot, this.#parts)
    this.#refusal = undefined
  }

  /** Remembers why the latest change was refused, for `/readyz`. */
  refused(reason: string): void {
    this.#refusal = reason
  }

  /** The source is as it was when the live snapshot was made: an earlier refusal is over. */
  unchanged(): void {
    this.#refusal = undefined
  }

  match(request: CallerRequest): MatchResult {
    const live = this.#live
    if (live === undefined) return { kind: 'notReady' }
    for (const policy of live.policies) {
      const route = policy.routes.find(candidate => matchesRoute(candidate.compiled.match, request))
      if (route !== undefined) return { kind: 'matched', session: this.#session(request, policy, route) }
    }
    const fallThrough = live.policies.find(policy => policy.passThrough !== undefined)
    const route = fallThrough?.passThrough?.(request.model)
    if (fallThrough === undefined || route === undefined) return { kind: 'noRoute' }
    return { kind: 'matched', session: this.#session(request, fallThrough, route) }
  }

  listModels(): readonly ListedModel[] {
    return this.#live === undefined ? [] : listModels(this.#live.snapshot)
  }

  readiness(): { isReady: boolean; text: string } {
    const refusal = this.#refusal === undefined ? '' : `\nlatest change refused: ${this.#refusal}`
    const source = this.#parts.describeSource
    const more = `${refusal}${source === undefined ? '' : `\n${source()}`}`
    if (this.#live === undefined) return { isReady: false, text: `waiting for a first policy${more}` }
    return { isReady: true, text: `ready: ${namesOf(this.#live.snapshot.policies)}${more}` }
  }

  describePolicy(): unknown {
    const refusal = this.#refusal === undefined ? {} : { refusal: this.#refusal }
    return this.#live === undefined
      ? { live: null, ...refusal }
      : { live: describeSnapshot(this.#live.snapshot), ...refusal }
  }

  describeBreakers(): unknown {
    return describeBreakers(this.#parts.registry.breakers())
  }

  #session(request: CallerRequest, policy: LivePolicy, route: LiveRoute): WalkSession {
    const { cache, clock, emit, cacheKeyOf } = this.#parts
    return openSession({
      request,
      policy: policy.compiled,
      route,
      cache,
      clock,
      emit,
      cacheKeyOf: walk => cacheKeyOf(policy.compiled, route.compiled, walk),
    })
  }
}

function namesOf(policies: readonly CompiledPolicy[]): string {
  if (policies.length === 0) return 'no policy selects this pod'
  return policies.map(policy => `${policy.namespace}/${policy.identity}`).join(', ')
}
