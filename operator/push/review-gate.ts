// Asks the API server about a bounded number of tokens at a time. The order of arrival is kept; who hung up is passed over.
import type { TokenReviewer, TokenVerdict } from '../reconcile/ports.ts'

export interface ReviewLimits {
  readonly reviewsAtOnce: number
  readonly reviewsWaiting: number
}

interface Waiting {
  readonly token: string
  readonly hungUp: () => boolean
  readonly resolve: (verdict: TokenVerdict) => void
}

export class ReviewGate {
  readonly #reviewer: TokenReviewer
  readonly #limits: ReviewLimits
  readonly #waiting: Waiting[] = []
  #underWay = 0

  constructor(reviewer: TokenReviewer, limits: ReviewLimits) {
    this.#reviewer = reviewer
    this.#limits = limits
  }

  get pending(): number {
    return this.#underWay + this.#waiting.length
  }

  /**
   * Never rejects: a reviewer that fails is unavailable, and so is one that too many wait for.
   * @param hungUp whether the answer still matters, asked before a review begins.
   */
  review(token: string, hungUp: () => boolean): Promise<TokenVerdict> {
    if (this.#waiting.length >= this.#limits.reviewsWaiting) {
      return Promise.resolve({ kind: 'unavailable', reason: 'too many token reviews are waiting' })
    }
    return new Promise(resolve => {
      this.#waiting.push({ token, hungUp, resolve })
      this.#startNext()
    })
  }

  #startNext(): void {
    while (this.#underWay < this.#limits.reviewsAtOnce) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      if (next.hungUp()) {
        next.resolve({ kind: 'unavailable', reason: 'the sidecar hung up' })
        continue
      }
      this.#underWay += 1
      void this.#ask(next)
    }
  }

  async #ask(next: Waiting): Promise<void> {
    const verdict = await this.#verdictOn(next.token)
    this.#underWay -= 1
    next.resolve(verdict)
    this.#startNext()
  }

  async #verdictOn(token: string): Promise<TokenVerdict> {
    try {
      return await this.#reviewer.review(token)
    } catch {
      // The error may quote the request, and with it the token.
      return { kind: 'unavailable', reason: 'the token review failed' }
    }
  }
}
