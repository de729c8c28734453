/** An admitted call's duty to tell its breaker how it went. The first settling counts, later ones are ignored. */
export interface Permit<Cause extends string> {
  /**
   * The target has begun to answer well. Optional and not a settling: it lets the next calls of a probe or ramp go while
   * a long answer is still running.
   */
  begun(): void
  succeeded(): void
  /** A failure that counts against the target. */
  failed(cause: Cause): void
  /** Neither good nor bad: cancelled, or the caller's own mistake. A probe is given back. */
  released(): void
  /** The target asked for a wait, or will not recover soon: opens at once, for `forMs` at least. */
  openFor(forMs: number, cause: Cause): void
}

/** What a breaker does with a permit's news. `hasBegun`: `begun` was told before. */
export interface PermitListener<Cause extends string> {
  begun(): void
  succeeded(hasBegun: boolean): void
  failed(cause: Cause, hasBegun: boolean): void
  released(hasBegun: boolean): void
  openFor(forMs: number, cause: Cause): void
}

export class AdmissionPermit<Cause extends string> implements Permit<Cause> {
  readonly #listener: PermitListener<Cause>
  #progress: 'underWay' | 'begun' | 'settled' = 'underWay'

  constructor(listener: PermitListener<Cause>) {
    this.#listener = listener
  }

  begun(): void {
    if (this.#progress !== 'underWay') return
    this.#progress = 'begun'
    this.#listener.begun()
  }

  succeeded(): void {
    this.#settle(hasBegun => this.#listener.succeeded(hasBegun))
  }

  failed(cause: Cause): void {
    this.#settle(hasBegun => this.#listener.failed(cause, hasBegun))
  }

  released(): void {
    this.#settle(hasBegun => this.#listener.released(hasBegun))
  }

  openFor(forMs: number, cause: Cause): void {
    this.#settle(hasBegun => {
      if (forMs > 0) this.#listener.openFor(forMs, cause)
      else this.#listener.released(hasBegun)
    })
  }

  #settle(tell: (hasBegun: boolean) => void): void {
    if (this.#progress === 'settled') return
    const hasBegun = this.#progress === 'begun'
    this.#progress = 'settled'
    tell(hasBegun)
  }
}
