// The life of one attempt: it ends when a limit runs out or the caller leaves, and either one destroys the wire call.
import type { Failure } from '../failure/failure.ts'
import { Cancellation, type CancelSignal } from '../resilience/cancellation.ts'
import type { Cancel, Clock } from '../resilience/clock.ts'

export type Limit = NonNullable<Failure['limit']>

export class Lifeline {
  readonly #cancellation = new Cancellation()
  readonly #clock: Clock
  readonly #caller: CancelSignal
  readonly #onCallerGone = () => this.#cut()
  #cancelLimits: Cancel[] = []
  #expired: Failure | undefined
  #onCut: (() => void) | undefined

  constructor(caller: CancelSignal, clock: Clock) {
    this.#clock = clock
    this.#caller = caller
    if (caller.aborted) this.#cancellation.abort()
    else caller.onAbort(this.#onCallerGone)
  }

  get signal(): CancelSignal {
    return this.#cancellation
  }

  get callerHasGone(): boolean {
    return this.#caller.aborted
  }

  /** The limit that ran out, as a failure. */
  get expired(): Failure | undefined {
    return this.#expired
  }

  /** Cuts the attempt after `milliseconds`, unless lifted. */
  limit(limit: Limit, milliseconds: number): void {
    this.#cancelLimits.push(this.#clock.schedule(milliseconds, () => this.expire(limit)))
  }

  /** Lifts every limit set so far: another phase of the attempt has other ones. */
  liftLimits(): void {
    for (const cancel of this.#cancelLimits) cancel()
    this.#cancelLimits = []
  }

  /** Cuts the attempt now because this limit is over. */
  expire(limit: Limit): void {
    this.#expired ??= { kind: 'Timeout', limit, detail: `the ${limitWords[limit]} limit ran out` }
    this.#cut()
  }

  /** Runs once when the attempt is cut; at once if it has been. */
  onCut(callback: () => void): void {
    if (this.#cancellation.aborted) callback()
    else this.#onCut = callback
  }

  /** Lets go of the caller's signal and all timers. The attempt is over. */
  release(): void {
    this.liftLimits()
    this.#onCut = undefined
    this.#caller.offAbort(this.#onCallerGone)
  }

  #cut(): void {
    this.#cancellation.abort()
    this.#onCut?.()
    this.#onCut = undefined
  }
}

const limitWords: Readonly<Record<Limit, string>> = {
  connect: 'connect',
  firstToken: 'first-token',
  idle: 'idle',
  total: 'total',
  deadline: 'deadline',
}
