// Tells the operator what became of its snapshots: the newest verdict wins, and one that does not arrive is sent again.
import type { VerdictReport } from '../../crds/snapshot/control-frames.ts'
import type { Cancel, Clock } from '../resilience/clock.ts'

export interface VerdictPostParts {
  readonly clock: Clock
  /** Resolves with the status, 0 for no answer. */
  readonly post: (body: string) => Promise<number>
  /** A verdict could not be delivered after several tries: what the operator knows of this pod is wrong. */
  readonly undeliverable: (status: number) => void
}

const mostTries = 5
const firstWaitMs = 200

export class VerdictPost {
  readonly #parts: VerdictPostParts
  #newest: VerdictReport | undefined
  #tries = 0
  #isSending = false
  #isStopped = false
  #cancelRetry: Cancel | undefined

  constructor(parts: VerdictPostParts) {
    this.#parts = parts
  }

  /** Never waits; replaces a verdict that has not arrived yet. */
  tell(report: VerdictReport): void {
    this.#newest = report
    this.#tries = 0
    this.#cancelRetry?.()
    void this.#send()
  }

  stop(): void {
    this.#isStopped = true
    this.#cancelRetry?.()
  }

  async #send(): Promise<void> {
    const report = this.#newest
    if (report === undefined || this.#isSending || this.#isStopped) return
    this.#isSending = true
    const status = await this.#parts.post(JSON.stringify(report))
    this.#isSending = false
    if (this.#isStopped) return
    // A newer one came meanwhile: this one's fate no longer matters.
    if (this.#newest !== report) return this.#send()
    if (status >= 200 && status < 300) {
      this.#newest = undefined
      return
    }
    this.#tries += 1
    if (this.#tries >= mostTries) return this.#parts.undeliverable(status)
    const waitMs = firstWaitMs * 2 ** (this.#tries - 1)
    this.#cancelRetry = this.#parts.clock.schedule(waitMs, () => void this.#send())
  }
}
