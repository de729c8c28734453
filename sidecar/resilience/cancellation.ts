// A word that something is no longer wanted, said once. The engine's own AbortSignal is an event target with maps, weak
// references and event objects: two of them were a tenth of the memory and time of a request.

export interface CancelSignal {
  readonly aborted: boolean
  /** Runs once, when the word is said; never if it has been said before. */
  onAbort(listener: () => void): void
  offAbort(listener: () => void): void
}

export class Cancellation implements CancelSignal {
  #aborted = false
  #listener: (() => void) | undefined
  /** Rarely more than one thing hangs on it. */
  #others: (() => void)[] | undefined

  get aborted(): boolean {
    return this.#aborted
  }

  /** The side that may only listen. */
  get signal(): CancelSignal {
    return this
  }

  onAbort(listener: () => void): void {
    if (this.#aborted) return
    if (this.#listener === undefined) this.#listener = listener
    else if (this.#others === undefined) this.#others = [listener]
    else this.#others.push(listener)
  }

  offAbort(listener: () => void): void {
    if (this.#listener === listener) this.#listener = undefined
    else if (this.#others !== undefined) this.#others = this.#others.filter(other => other !== listener)
  }

  abort(): void {
    if (this.#aborted) return
    this.#aborted = true
    const first = this.#listener
    const others = this.#others
    this.#listener = undefined
    this.#others = undefined
    first?.()
    if (others !== undefined) for (const listener of others) listener()
  }
}
