// Keys that need work, each once however often it is named, one at a time, failures later and later.
import type { Cancel, Clock } from './ports.ts'

export interface WorkQueueParts {
  readonly clock: Clock
  /** From 0 up to but not including 1. */
  readonly random: () => number
  /** One run of a key; throwing or rejecting brings it back. */
  readonly run: (key: string) => void | Promise<void>
  readonly onFailure: (failure: WorkFailure) => void
  readonly limits?: Partial<WorkQueueLimits>
}

export interface WorkFailure {
  readonly key: string
  readonly error: unknown
  readonly retryInMs: number
}

export interface WorkQueueLimits {
  /** A key runs once it has not been named for this long, */
  readonly quietMs: number
  /** yet at most this long after it was first named. */
  readonly longestMs: number
  readonly firstRetryMs: number
  readonly longestRetryMs: number
  /** Keys that run at once. */
  readonly concurrency: number
  /** After this long other work of the process gets its turn. */
  readonly sliceMs: number
}

const usualLimits: WorkQueueLimits = {
  quietMs: 100,
  longestMs: 1000,
  firstRetryMs: 200,
  longestRetryMs: 30_000,
  concurrency: 1,
  sliceMs: 10,
}

interface Waiting {
  readonly dueAt: number
  /** Later naming moves `dueAt` up to here and no further; infinite while it waits for a retry or a set time. */
  readonly latestAt: number
}

/** Every `add` is followed by a run that begins after it; a key never runs twice at once. */
export class WorkQueue {
  readonly #parts: WorkQueueParts
  readonly #limits: WorkQueueLimits
  readonly #waiting = new Map<string, Waiting>()
  readonly #running = new Set<string>()
  readonly #failures = new Map<string, number>()
  #alarm: { readonly at: number; readonly cancel: Cancel } | undefined
  #isPumping = false
  #isStopped = false

  constructor(parts: WorkQueueParts) {
    this.#parts = parts
    this.#limits = { ...usualLimits, ...parts.limits }
  }

  /** Keys that wait or run. */
  get size(): number {
    return this.#waiting.size + this.#running.size
  }

  add(key: string): void {
    const now = this.#parts.clock.now()
    const { quietMs, longestMs } = this.#limits
    const waiting = this.#waiting.get(key)
    if (waiting === undefined || waiting.latestAt === Number.POSITIVE_INFINITY) {
      const dueAt = Math.min(now + quietMs, waiting?.dueAt ?? Number.POSITIVE_INFINITY)
      this.#wait(key, { dueAt, latestAt: now + longestMs })
    } else {
      this.#wait(key, { dueAt: Math.min(now + quietMs, waiting.latestAt), latestAt: waiting.latestAt })
    }
  }

  /** Runs the key after this long, or earlier if it is due earlier. */
  addAfter(key: string, delayMs: number): void {
    const dueAt = this.#parts.clock.now() + delayMs
    const waiting = this.#waiting.get(key)
    if (waiting !== undefined && waiting.dueAt <= dueAt) return
    this.#wait(key, { dueAt, latestAt: waiting?.latestAt ?? Number.POSITIVE_INFINITY })
  }

  /** Nothing is left to do for this key; a run under way ends by itself. */
  remove(key: string): void {
    this.#waiting.delete(key)
    this.#failures.delete(key)
  }

  /** No run begins any more. */
  stop(): void {
    this.#isStopped = true
    this.#waiting.clear()
    this.#alarm?.cancel()
    this.#alarm = undefined
  }

  #wait(key: string, waiting: Waiting): void {
    if (this.#isStopped) return
    this.#waiting.set(key, waiting)
    this.#wakeAt(waiting.dueAt)
  }

  #wakeAt(at: number): void {
    if (this.#isStopped || this.#isPumping) return
    if (this.#alarm !== undefined && this.#alarm.at <= at) return
    this.#alarm?.cancel()
    const delayMs = Math.max(0, at - this.#parts.clock.now())
    this.#alarm = { at, cancel: this.#parts.clock.schedule(delayMs, () => this.#pump()) }
  }

  #pump(): void {
    this.#alarm?.cancel()
    this.#alarm = undefined
    this.#isPumping = true
    const startedAt = this.#parts.clock.now()
    const due = [...this.#waiting].filter(([, { dueAt }]) => dueAt <= startedAt).map(([key]) => key)
    for (const key of due) {
      if (this.#isStopped || this.#running.size >= this.#limits.concurrency) break
      if (this.#waiting.has(key) && !this.#running.has(key)) this.#begin(key)
      if (this.#parts.clock.now() - startedAt >= this.#limits.sliceMs) break
    }
    this.#isPumping = false
    this.#wakeForNext()
  }

  #wakeForNext(): void {
    if (this.#running.size >= this.#limits.concurrency) return
    let earliest = Number.POSITIVE_INFINITY
    for (const [key, { dueAt }] of this.#waiting) {
      if (!this.#running.has(key)) earliest = Math.min(earliest, dueAt)
    }
    if (earliest < Number.POSITIVE_INFINITY) this.#wakeAt(earliest)
  }

  #begin(key: string): void {
    this.#waiting.delete(key)
    this.#running.add(key)
    try {
      const result = this.#parts.run(key)
      if (result === undefined) return this.#succeed(key)
      result.then(
        () => this.#succeed(key),
        error => this.#fail(key, error),
      )
    } catch (error) {
      this.#fail(key, error)
    }
  }

  #succeed(key: string): void {
    this.#running.delete(key)
    this.#failures.delete(key)
    if (!this.#isPumping) this.#wakeForNext()
  }

  #fail(key: string, error: unknown): void {
    this.#running.delete(key)
    const failures = (this.#failures.get(key) ?? 0) + 1
    this.#failures.set(key, failures)
    const { firstRetryMs, longestRetryMs } = this.#limits
    const ceilingMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures - 1, 30))
    const retryInMs = ceilingMs * (0.5 + this.#parts.random() / 2)
    this.addAfter(key, retryInMs)
    this.#parts.onFailure({ key, error, retryInMs })
    if (!this.#isPumping) this.#wakeForNext()
  }
}
