// Keeps calls away from a target that is known to be down, and lets them back with care: first one probe, then a ramp.
import { AdmissionPermit, type Permit } from './breaker-permit.ts'
import type { Clock } from './clock.ts'
import { Ramp } from './ramp.ts'
import type { TripRule } from './trip-rules.ts'

export type { Permit } from './breaker-permit.ts'

export interface BreakerSettings<Cause extends string> {
  readonly rule: TripRule
  /** How long a trip keeps calls away before a probe may go. */
  readonly openForMs: number
  readonly clock: Clock
  /** Told after each change of state, never for a change to the same state. */
  readonly onChange?: (change: BreakerChange<Cause>) => void
  /** Told of each call that says something about the target, once. */
  readonly onResult?: (result: CallResult) => void
}

/** `bad` counts against the target, or opened the breaker at once. */
export type CallResult = 'good' | 'bad'

export interface BreakerChange<Cause extends string> {
  readonly from: BreakerStateKind
  readonly to: BreakerStateKind
  /** What opened it; absent once it is closed. */
  readonly cause?: Cause
}

export type BreakerStateKind = 'closed' | 'open' | 'probing'

export type Admission<Cause extends string> =
  | { readonly kind: 'admitted'; readonly permit: Permit<Cause> }
  | ({ readonly kind: 'refused' } & Refusal<Cause>)

export interface Refusal<Cause extends string> {
  /** Milliseconds until it is worth asking again; always positive. */
  readonly reopensInMs: number
  /** What opened the breaker. */
  readonly cause: Cause
}

export interface BreakerSnapshot<Cause extends string> {
  readonly state: BreakerStateKind
  readonly recentFailures: number
  /** What opened it last, while it is not fully closed. */
  readonly cause?: Cause
  /** Open: milliseconds until a probe may go, 0 when one may go now. */
  readonly reopensInMs?: number
  /** While ramping back: how many calls may be under way at once. */
  readonly rampAllowance?: number
}

type State<Cause> =
  | { readonly kind: 'closed' }
  | { readonly kind: 'ramping'; readonly ramp: Ramp; readonly cause: Cause }
  | { readonly kind: 'open'; readonly reopensAt: number; readonly cause: Cause }
  | { readonly kind: 'probing'; readonly isProbeOut: boolean; readonly cause: Cause }

/** When a probe or a ramp refuses, nobody knows the moment it ends: look again soon. */
const lookAgainMs = 100

export class Breaker<Cause extends string> {
  readonly #settings: BreakerSettings<Cause>
  #state: State<Cause> = { kind: 'closed' }
  /** Grows with every opening and every probe: a result that carries an older number tells of a past life. */
  #generation = 0

  constructor(settings: BreakerSettings<Cause>) {
    this.#settings = settings
  }

  /** Why a call would be refused now; undefined when it would be admitted. Takes nothing. */
  refusal(): Refusal<Cause> | undefined {
    const state = this.#state
    switch (state.kind) {
      case 'closed':
        return undefined
      case 'ramping':
        return state.ramp.hasRoom ? undefined : { reopensInMs: lookAgainMs, cause: state.cause }
      case 'probing':
        return state.isProbeOut ? { reopensInMs: lookAgainMs, cause: state.cause } : undefined
      case 'open': {
        const reopensInMs = state.reopensAt - this.#settings.clock.now()
        return reopensInMs > 0 ? { reopensInMs, cause: state.cause } : undefined
      }
    }
  }

  /** Lets a call through or refuses it. An admitted call must settle its permit, whatever becomes of it. */
  admit(): Admission<Cause> {
    const refusal = this.refusal()
    if (refusal !== undefined) return { kind: 'refused', ...refusal }
    return { kind: 'admitted', permit: this.#letThrough() }
  }

  /**
   * Lets a call through even when it would be refused: for callers who have nothing better left. Its failure only
   * confirms what is known, its success is as good as a probe's, and a wait that the target asks for counts.
   */
  force(): Permit<Cause> {
    return this.refusal() === undefined ? this.#letThrough() : this.#forcedPermit()
  }

  /** What opened it for this reason has been put right: a probe may go now. */
  forgive(cause: Cause): void {
    const state = this.#state
    if (state.kind !== 'open' || state.cause !== cause) return
    this.#state = { ...state, reopensAt: Math.min(state.reopensAt, this.#settings.clock.now()) }
  }

  snapshot(): BreakerSnapshot<Cause> {
    const state = this.#state
    const recentFailures = this.#settings.rule.recentFailures
    switch (state.kind) {
      case 'closed':
        return { state: 'closed', recentFailures }
      case 'ramping':
        return { state: 'closed', recentFailures, cause: state.cause, rampAllowance: state.ramp.allowance }
      case 'probing':
        return { state: 'probing', recentFailures, cause: state.cause }
      case 'open': {
        const reopensInMs = Math.max(0, state.reopensAt - this.#settings.clock.now())
        return { state: 'open', recentFailures, cause: state.cause, reopensInMs }
      }
    }
  }

  #letThrough(): Permit<Cause> {
    const state = this.#state
    if (state.kind === 'ramping') state.ramp.enter()
    if (state.kind === 'open' || state.kind === 'probing') {
      this.#generation += 1
      this.#become({ kind: 'probing', isProbeOut: true, cause: state.cause })
    }
    return this.#permit(this.#generation)
  }

  #permit(generation: number): Permit<Cause> {
    return new AdmissionPermit<Cause>({
      begun: () => this.#begun(generation),
      succeeded: hasBegun => {
        this.#settings.onResult?.('good')
        this.#succeeded(generation, hasBegun)
      },
      failed: (cause, hasBegun) => {
        this.#settings.onResult?.('bad')
        this.#failed(generation, cause, hasBegun)
      },
      released: hasBegun => this.#released(generation, hasBegun),
      openFor: (forMs, cause) => this.#openAtOnce(forMs, cause),
    })
  }

  /** Takes no place that it could give back: neither the probe's nor one in the ramp. */
  #forcedPermit(): Permit<Cause> {
    const generation = this.#generation
    const proveLife = () => {
      const isRefusing = this.#state.kind === 'open' || this.#state.kind === 'probing'
      if (generation === this.#generation && isRefusing) this.#begun(generation)
    }
    return new AdmissionPermit<Cause>({
      begun: proveLife,
      succeeded: () => {
        this.#settings.onResult?.('good')
        proveLife()
      },
      failed: (cause, hasBegun) => {
        this.#settings.onResult?.('bad')
        if (hasBegun) this.#failed(generation, cause, hasBegun)
      },
      released: () => undefined,
      openFor: (forMs, cause) => this.#openAtOnce(forMs, cause),
    })
  }

  #openAtOnce(forMs: number, cause: Cause): void {
    this.#settings.onResult?.('bad')
    this.#open(forMs, cause)
  }

  #begun(generation: number): void {
    if (generation !== this.#generation) return
    const state = this.#state
    if (state.kind === 'ramping') this.#climb(state.ramp)
    if (state.kind === 'open' || state.kind === 'probing') {
      this.#settings.rule.reset()
      this.#become({ kind: 'ramping', ramp: new Ramp(), cause: state.cause })
    }
  }

  #climb(ramp: Ramp): void {
    ramp.leaveGood()
    if (ramp.isOver) this.#become({ kind: 'closed' })
  }

  #succeeded(generation: number, hasBegun: boolean): void {
    if (generation !== this.#generation) return
    if (!hasBegun) this.#begun(generation)
    this.#settings.rule.recordSuccess()
  }

  #failed(generation: number, cause: Cause, hasBegun: boolean): void {
    if (generation !== this.#generation) return
    this.#release(hasBegun)
    const { rule, clock, openForMs } = this.#settings
    const trips = rule.recordFailure(clock.now())
    if (trips || this.#state.kind !== 'closed') this.#open(openForMs, cause)
  }

  #released(generation: number, hasBegun: boolean): void {
    if (generation === this.#generation) this.#release(hasBegun)
  }

  /** Gives back the probe or the place in the ramp; one that had begun has given it back already. */
  #release(hasBegun: boolean): void {
    if (hasBegun) return
    const state = this.#state
    if (state.kind === 'ramping') state.ramp.leave()
    if (state.kind === 'probing') this.#become({ ...state, isProbeOut: false })
  }

  /** Opens, or stays open for longer; never shortens a wait that was promised before. */
  #open(forMs: number, cause: Cause): void {
    const reopensAt = this.#settings.clock.now() + forMs
    const state = this.#state
    if (state.kind === 'open' && !(reopensAt > state.reopensAt)) return
    this.#generation += 1
    this.#settings.rule.reset()
    this.#become({ kind: 'open', reopensAt, cause })
  }

  #become(next: State<Cause>): void {
    const from = publicKind(this.#state)
    const to = publicKind(next)
    this.#state = next
    if (from === to) return
    this.#settings.onChange?.({ from, to, ...(to !== 'closed' && 'cause' in next && { cause: next.cause }) })
  }
}

/** A ramp is a closed breaker that is still careful: outside nobody needs a fourth word for it. */
function publicKind(state: State<string>): BreakerStateKind {
  return state.kind === 'ramping' ? 'closed' : state.kind
}
