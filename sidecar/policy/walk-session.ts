// One request under one route: prepares the walk, runs it, and tells its whole story at the end.
import type { CompiledPolicy } from '../../crds/snapshot/policy-snapshot.ts'
import { AttemptAllowance } from '../chain/attempt-allowance.ts'
import { Course } from '../chain/course.ts'
import type { AnswerPath, AttemptEnded, ChainEvent, ChainListener } from '../chain/events.ts'
import type { Outcome } from '../chain/outcome.ts'
import type { CachedAnswer, CachePort, CallerRequest } from '../chain/ports.ts'
import { nothingAhead, type Step, type Walk } from '../chain/step.ts'
import { isCacheable, lookUp, servedFromCache } from '../chain/steps/floor-steps.ts'
import { walkChain } from '../chain/walk-chain.ts'
import { type Clock, wait } from '../resilience/clock.ts'
import { Deadline } from '../resilience/deadline.ts'
import type { LiveRoute } from './live-snapshot.ts'
import { planForOpenBreakers } from './plan-walk.ts'
import type { SessionEnd, WalkSession } from './ports.ts'
import { describeRequest, recoveryMs } from './request-story.ts'
import { tenantOf } from './tenant.ts'

export interface SessionParts {
  readonly request: CallerRequest
  readonly policy: CompiledPolicy
  readonly route: LiveRoute
  readonly cache: CachePort
  readonly cacheKeyOf: (walk: Walk) => string
  readonly clock: Clock
  readonly emit: ChainListener
}

/** Name of the served step when `cacheFirst` answers. */
const cacheFirstName = 'cache-first'

export function openSession(parts: SessionParts): WalkSession {
  return new Session(parts)
}

class Session implements WalkSession {
  readonly #parts: SessionParts
  readonly #arrivedAt: number
  readonly #startedAt: number
  readonly #attempts: AttemptEnded[] = []
  readonly #tenant
  #firstByteAt: number | undefined
  #walk: Walk | undefined
  #outcome: Outcome | undefined
  #would: string | undefined
  #cacheState: { result: 'hit' | 'miss'; ageSeconds?: number } | undefined

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.#arrivedAt = parts.clock.now()
    this.#startedAt = parts.clock.wallTime()
    this.#tenant = tenantOf(parts.policy, parts.request)
  }

  get policyIdentity(): string {
    return this.#parts.policy.identity
  }

  get route(): string {
    return this.#parts.route.compiled.name
  }

  get keepAliveMs(): number {
    return this.#parts.route.compiled.streaming.keepAliveMs
  }

  async walk(): Promise<Outcome> {
    const outcome = await this.#run()
    this.#outcome = outcome
    if (this.#isObserving) this.#would = this.#nextAfterPrimary(outcome)
    if (outcome.kind === 'served' && outcome.reply.kind === 'stored') {
      this.#cacheState = { result: 'hit', ageSeconds: outcome.reply.ageSeconds }
    }
    return outcome
  }

  would(): string | undefined {
    return this.#would
  }

  cacheState() {
    return this.#cacheState
  }

  wantsAnswer(): boolean {
    const outcome = this.#outcome
    if (!this.#parts.route.usesCache || !isCacheable(this.#parts.request)) return false
    return outcome?.kind === 'served' && outcome.step.kind === 'target'
  }

  storeAnswer(body: CachedAnswer['body']): void {
    const outcome = this.#outcome
    if (outcome?.kind !== 'served' || outcome.step.origin === undefined || this.#walk === undefined) return
    const answer = { body, origin: outcome.step.origin, storedAt: this.#parts.clock.now() }
    this.#parts.cache.store(this.#parts.cacheKeyOf(this.#walk), answer)
  }

  firstByteWritten(): void {
    if (this.#firstByteAt !== undefined) return
    this.#firstByteAt = this.#parts.clock.now()
    const outcome = this.#outcome
    if (outcome?.kind !== 'served' || !this.#parts.request.stream) return
    const { policy, clock, emit } = this.#parts
    const milliseconds = clock.now() - this.#arrivedAt
    emit({
      kind: 'firstContent',
      policy: `${policy.namespace}/${policy.name}`,
      path: pathOf(outcome),
      milliseconds,
    })
  }

  finish(end: SessionEnd): void {
    const { request, policy, route, emit, clock } = this.#parts
    const outcome = this.#outcome
    const milliseconds = clock.now() - this.#arrivedAt
    const recovered = recoveryMs(
      this.#attempts,
      outcome,
      (this.#firstByteAt ?? clock.now()) - this.#arrivedAt,
    )
    emit({
      ...describeRequest(request, { startedAt: this.#startedAt, milliseconds }),
      ...(this.#tenant && { tenant: this.#tenant }),
      policy: {
        name: `${policy.namespace}/${policy.name}`,
        identity: policy.identity,
        route: route.compiled.name,
        strategy: route.compiled.strategy,
      },
      outcome: end.outcome,
      status: end.status,
      ...(outcome?.kind === 'served' && { path: end.path ?? pathOf(outcome), ...servedOf(outcome) }),
      ...(this.#would !== undefined && { would: this.#would }),
      ...(end.code !== undefined && { code: end.code }),
      trail: outcome?.trail ?? [],
      attempts: this.#attempts,
      drops: outcome?.kind === 'served' ? outcome.step.drops : [],
      ...(this.#cacheState && { cache: this.#cacheState }),
      ...(recovered !== undefined && { recoveryMs: recovered }),
      overheadMs: Math.max(
        0,
        milliseconds - this.#attempts.reduce((sum, attempt) => sum + attempt.milliseconds, 0),
      ),
    })
  }

  // ── The walk ─────────────────────────────────────────────────────────────────────────────────────────────────────

  get #isObserving(): boolean {
    return this.#parts.policy.mode === 'Observe'
  }

  get #isPrimaryOnly(): boolean {
    const { request, route } = this.#parts
    return this.#isObserving || request.fallbackOff || route.isPassThrough
  }

  async #run(): Promise<Outcome> {
    const { route } = this.#parts
    const plan = this.#isPrimaryOnly ? ({ kind: 'walk' } as const) : planForOpenBreakers(route)
    const walk = this.#prepareWalk(plan.kind === 'force' ? plan.hop : undefined)
    this.#walk = walk
    const early = this.#isPrimaryOnly ? undefined : this.#askCacheFirst(walk)
    if (early !== undefined) return early
    if (plan.kind === 'wait' && plan.milliseconds < walk.deadline.remaining()) {
      await wait(walk.clock, plan.milliseconds, walk.request.signal)
    }
    if (walk.request.signal.aborted) return { kind: 'abandoned', trail: [] }
    return walkChain(this.#isPrimaryOnly ? primaryOf(route) : route.steps, walk)
  }

  #prepareWalk(forcedHop: number | undefined): Walk {
    const { request, policy, route, clock } = this.#parts
    const { limits, strategy, name } = route.compiled
    return {
      request,
      labels: { requestId: request.id, policy: `${policy.namespace}/${policy.name}`, route: name },
      strategy,
      tenant: this.#tenant?.value ?? '',
      deadline: new Deadline(clock, Math.min(request.deadlineMs ?? limits.deadlineMs, limits.deadlineMs)),
      attempts: new AttemptAllowance(limits.attempts),
      clock,
      emit: this.#listen,
      isPrimaryOnly: this.#isPrimaryOnly,
      mayRetry: !request.fallbackOff,
      ahead: this.#isPrimaryOnly ? nothingAhead : route.ahead,
      forcedHop,
      firstModel: firstModelOf(route),
    }
  }

  #askCacheFirst(walk: Walk): Outcome | undefined {
    const { cache, cacheKeyOf, route, request } = this.#parts
    const { cacheFirst } = route.compiled
    if (cacheFirst === undefined || !isCacheable(request)) return undefined
    const answer = lookUp({ cache, maxAgeMs: cacheFirst.maxAgeMs, keyOf: cacheKeyOf }, walk)
    if (answer === undefined) return undefined
    const result = servedFromCache(answer, walk, { kind: 'floor', step: cacheFirstName, hop: 0 })
    if (result.kind !== 'served') return undefined
    const step = { name: cacheFirstName, hop: 0, kind: 'cache', origin: answer.origin, drops: [] } as const
    return { kind: 'served', step, reply: result.reply, trail: result.trail }
  }

  /** Attempts are kept for the story; everything is passed on. */
  readonly #listen = (event: ChainEvent): void => {
    if (event.kind === 'attemptEnded') this.#attempts.push(event)
    if (event.kind === 'cacheAsked') this.#cacheState = { result: event.result }
    this.#parts.emit(event)
  }

  /** Where the walk would have gone on from the primary's failure or skip. */
  #nextAfterPrimary(outcome: Outcome): string | undefined {
    const [primary, ...others] = this.#parts.route.steps
    const last = outcome.trail.at(-1)
    if (primary === undefined || last === undefined || outcome.kind !== 'exhausted') return undefined
    const course = new Course()
    if (last.kind === 'skip') course.skipped(primary.spec, { reason: last.reason, detail: '' })
    else if (last.kind === 'attempt' && last.failure)
      course.failed(primary.spec, { kind: last.failure.kind, detail: '' })
    return others.find(step => course.admits(step.spec))?.spec.name
  }
}

function firstModelOf({ compiled }: LiveRoute): string | undefined {
  return compiled.chain.find(step => step.kind === 'target')?.model
}

/** The first target of the chain: what a caller gets who wants no fallback. */
function primaryOf(route: LiveRoute): readonly Step[] {
  const primary = route.steps.find(step => step.spec.kind === 'target') ?? route.steps[0]
  return primary === undefined ? [] : [primary]
}

function servedOf(outcome: Extract<Outcome, { kind: 'served' }>) {
  const { name, hop, origin, reason } = outcome.step
  const served = { step: name, hop, ...(origin && { provider: origin.provider, model: origin.model }) }
  return { served, ...(reason && { reason }) }
}

function pathOf(outcome: Extract<Outcome, { kind: 'served' }>): AnswerPath {
  const { kind, hop } = outcome.step
  if (kind === 'target') return hop === 0 ? 'primary' : 'fallback'
  return kind
}
