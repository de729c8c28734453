// Keeps this replica's summary of its streams in step with them: on change, a little later, and now and then to show that the
// replica lives.
import type { Cancel, Clock, ObjectClient, Ownership } from '../reconcile/ports.ts'
import type { LocalFleet } from './local-fleet.ts'
import type { ReportPushEvent } from './push-events.ts'
import type { PushLimits } from './push-limits.ts'
import { summaryName, summaryObject, summaryPath } from './summary-object.ts'
import { encodeParts, type PartContent } from './summary-parts.ts'

export interface SummaryWriterParts {
  readonly clock: Clock
  readonly random: () => number
  readonly objects: ObjectClient
  readonly ownership: Ownership
  readonly replica: string
  readonly namespace: string
  readonly fleet: LocalFleet
  readonly limits: PushLimits
  readonly report: ReportPushEvent
}

interface Written {
  readonly text: string
  readonly at: number
}

const firstRetryMs = 1_000
const longestRetryMs = 30_000

export class SummaryWriter {
  readonly #parts: SummaryWriterParts
  /** By number of the part. */
  #written: readonly Written[] = []
  #renewal = 0
  #failures = 0
  /** When the first change came that has not been written. */
  #changedAt: number | undefined
  #cancel: Cancel = () => undefined
  #isWriting = false
  #isStopped = false

  constructor(parts: SummaryWriterParts) {
    this.#parts = parts
  }

  start(): Cancel {
    const stopListening = this.#parts.fleet.onChange(() => this.#noteChange())
    this.#wakeIn(this.#parts.limits.summaryRenewMs)
    return () => {
      this.#isStopped = true
      stopListening()
      this.#cancel()
    }
  }

  #noteChange(): void {
    const { clock, limits } = this.#parts
    this.#changedAt ??= clock.now()
    // A write under way looks for changes when it is done; after a failure the retry comes first.
    if (this.#isWriting || this.#failures > 0) return
    const left = this.#changedAt + limits.summaryLongestWaitMs - clock.now()
    this.#wakeIn(Math.max(0, Math.min(limits.summaryQuietMs, left)))
  }

  #wakeIn(milliseconds: number): void {
    this.#cancel()
    if (!this.#isStopped) this.#cancel = this.#parts.clock.schedule(milliseconds, () => void this.#write())
  }

  async #write(): Promise<void> {
    this.#isWriting = true
    this.#changedAt = undefined
    try {
      const contents = await encodeParts(this.#parts.fleet.list())
      for (const [index, content] of contents.entries()) await this.#writePart(index, content)
      await this.#removeFrom(contents.length)
      this.#failures = 0
    } catch (error) {
      this.#failures += 1
      this.#parts.report({ kind: 'summaryNotWritten', error, retryInMs: this.#retryMs() })
    }
    this.#isWriting = false
    this.#wakeAgain()
  }

  #wakeAgain(): void {
    const { limits } = this.#parts
    if (this.#failures > 0) return this.#wakeIn(this.#retryMs())
    this.#wakeIn(this.#changedAt === undefined ? limits.summaryRenewMs : limits.summaryQuietMs)
  }

  #retryMs(): number {
    return Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(this.#failures - 1, 10))
  }

  async #writePart(index: number, content: PartContent): Promise<void> {
    const { clock, limits, objects, ownership, replica, namespace } = this.#parts
    const before = this.#written[index]
    const isDue = before === undefined || clock.now() - before.at >= limits.summaryRenewMs
    if (this.#isStopped || (before?.text === content.text && !isDue)) return
    this.#renewal += 1
    const name = summaryName(replica, index)
    const object = summaryObject(namespace, name, { replica, renewal: this.#renewal, content })
    // Its name is of this process, so it is ours from the beginning.
    await objects.apply(summaryPath(namespace, name), await ownership.claim(object, undefined))
    // Parts are written in their order, so the next one stands at the end.
    const others = [...this.#written]
    others[index] = { text: content.text, at: clock.now() }
    this.#written = others
  }

  async #removeFrom(count: number): Promise<void> {
    const { objects, replica, namespace } = this.#parts
    while (this.#written.length > count && !this.#isStopped) {
      await objects.remove(summaryPath(namespace, summaryName(replica, this.#written.length - 1)))
      this.#written = this.#written.slice(0, -1)
    }
  }
}
