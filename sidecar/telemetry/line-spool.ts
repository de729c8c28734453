// Lines on their way to a slow or failing place: batched, bounded, in order, and never lost without being counted.
import type { Cancel, Clock } from '../resilience/clock.ts'
import type { AuditTotals } from './metric-sources.ts'

/** Where lines end up. */
export interface LineSink {
  /** Takes whole lines; resolves when they are written, rejects when they were not or only in part. */
  write(batch: Buffer): Promise<void>
  close(): Promise<void>
}

export interface LineSpoolOptions {
  readonly sink: LineSink
  readonly clock: Clock
  /** Lines of this long are gathered before a write, in milliseconds. */
  readonly gatherMs?: number
  /** Pause after a failed write, in milliseconds. */
  readonly retryMs?: number
  /** Bytes that may wait; more are dropped and counted. */
  readonly maxBytes?: number
  /** Told once when writing begins to fail, once when it works again, and once when lines begin to be dropped. */
  onTrouble(trouble: SpoolTrouble): void
}

export type SpoolTrouble =
  | { readonly kind: 'failing'; readonly code: string }
  | { readonly kind: 'recovered'; readonly dropped: number }
  | { readonly kind: 'dropping' }

export interface LineSpool {
  /** `line` without its newline. */
  add(line: string): void
  totals(): AuditTotals
  /** Resolves when all that was added is written, or when one more write has failed. */
  flush(): Promise<void>
  /** Flushes and closes the sink; what could not be written by then, or comes later, is dropped and counted. */
  close(): Promise<void>
}

export function createLineSpool(options: LineSpoolOptions): LineSpool {
  return new Spool(options)
}

class Spool implements LineSpool {
  readonly #options: LineSpoolOptions
  readonly #gatherMs: number
  readonly #retryMs: number
  readonly #maxBytes: number
  /** Whole lines, grown by appending: the engine joins them once, when they become bytes. */
  #waiting = ''
  #waitingLines = 0
  /** Taken from `#waiting`, being written or to be written again. */
  #batch: { readonly bytes: Buffer; readonly lines: number } | undefined
  #writing: Promise<void> | undefined
  #cancelTimer: Cancel | undefined
  #isFailing = false
  #isClosed = false
  #droppedInTrouble = 0
  readonly #counts = { written: 0, spooled: 0, failed: 0, dropped: 0 }

  constructor(options: LineSpoolOptions) {
    this.#options = options
    this.#gatherMs = options.gatherMs ?? 10
    this.#retryMs = options.retryMs ?? 1000
    this.#maxBytes = options.maxBytes ?? 8 * 1024 * 1024
  }

  add(line: string): void {
    // Length in UTF-16 units: records are ASCII but for names, and the bound need not be exact.
    const size = line.length + 1
    if (this.#isClosed || this.#waiting.length + (this.#batch?.bytes.length ?? 0) + size > this.#maxBytes) {
      this.#drop()
      return
    }
    this.#waiting += `${line}\n`
    this.#waitingLines += 1
    if (this.#isFailing) this.#counts.spooled += 1
    this.#schedule(this.#gatherMs)
  }

  totals(): AuditTotals {
    return { ...this.#counts, spoolBytes: this.#waiting.length + (this.#batch?.bytes.length ?? 0) }
  }

  async flush(): Promise<void> {
    while (this.#waiting.length > 0 || this.#batch !== undefined) {
      const failuresBefore = this.#counts.failed
      this.#cancelTimer?.()
      this.#cancelTimer = undefined
      await this.#write()
      if (this.#counts.failed > failuresBefore) return
    }
  }

  async close(): Promise<void> {
    await this.flush()
    this.#isClosed = true
    this.#cancelTimer?.()
    const lost = this.#waitingLines + (this.#batch?.lines ?? 0)
    if (lost > 0) {
      this.#counts.dropped += lost
      this.#options.onTrouble({ kind: 'dropping' })
    }
    await this.#options.sink.close()
  }

  #drop(): void {
    this.#counts.dropped += 1
    this.#droppedInTrouble += 1
    if (this.#droppedInTrouble === 1) this.#options.onTrouble({ kind: 'dropping' })
  }

  #schedule(delayMs: number): void {
    if (this.#cancelTimer !== undefined || this.#writing !== undefined) return
    this.#cancelTimer = this.#options.clock.schedule(delayMs, () => {
      this.#cancelTimer = undefined
      void this.#write()
    })
  }

  /** One write at a time; whoever asks meanwhile waits for the one under way. */
  #write(): Promise<void> {
    this.#writing ??= this.#writeBatch().finally(() => {
      this.#writing = undefined
      if (this.#batch !== undefined) this.#schedule(this.#retryMs)
      else if (this.#waiting.length > 0) this.#schedule(this.#gatherMs)
    })
    return this.#writing
  }

  async #writeBatch(): Promise<void> {
    const batch = this.#batch ?? this.#takeWaiting()
    this.#batch = batch
    try {
      await this.#options.sink.write(batch.bytes)
      this.#batch = undefined
      this.#counts.written += batch.lines
      this.#recovered()
    } catch (error) {
      this.#failed(error, batch.lines)
    }
  }

  #takeWaiting(): { readonly bytes: Buffer; readonly lines: number } {
    const batch = { bytes: Buffer.from(this.#waiting), lines: this.#waitingLines }
    this.#waiting = ''
    this.#waitingLines = 0
    return batch
  }

  #failed(error: unknown, lines: number): void {
    this.#counts.failed += 1
    if (this.#isFailing) return
    this.#isFailing = true
    this.#counts.spooled += lines + this.#waitingLines
    this.#options.onTrouble({ kind: 'failing', code: errorCode(error) })
  }

  #recovered(): void {
    if (!this.#isFailing && this.#droppedInTrouble === 0) return
    this.#options.onTrouble({ kind: 'recovered', dropped: this.#droppedInTrouble })
    this.#isFailing = false
    this.#droppedInTrouble = 0
  }
}

/** The system's code (ENOSPC, EACCES …); messages may hold paths and are not told. */
function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown'
}
