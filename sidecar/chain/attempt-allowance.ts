/** The one budget of wire calls for a whole walk, retries included. */
export class AttemptAllowance {
  #left: number

  constructor(attempts: number) {
    this.#left = attempts
  }

  get left(): number {
    return this.#left
  }

  /** Takes one attempt; false when none is left. */
  take(): boolean {
    if (this.#left <= 0) return false
    this.#left -= 1
    return true
  }
}
