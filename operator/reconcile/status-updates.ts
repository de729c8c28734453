// Carries statuses to the API server: as leader only, on change only, seldom, and again when it fails.
import type { StatusDraft } from '../status/status-draft.ts'
import { readStoredStatus } from '../status/stored-status.ts'
import { transitionEvents } from '../status/transition-events.ts'
import { planStatusWrite, type StatusFile } from './plan-status-write.ts'
import type { Clock, EventRecorder, Leadership, ResourceId, StatusWriter, StoredResource } from './ports.ts'
import { type WorkFailure, WorkQueue } from './work-queue.ts'

/** How long pods have for coming back before a status of a known spec says that they are gone. */
const warmUpMs = 15_000

export interface StatusUpdatesParts {
  readonly clock: Clock
  readonly random: () => number
  readonly writer: StatusWriter
  readonly events: EventRecorder
  readonly leadership: Leadership
  /** `key` is `Kind/namespace/name`. */
  readonly onFailure: (failure: WorkFailure) => void
}

export interface StatusOffer {
  readonly stored: StoredResource
  readonly draft: StatusDraft
}

interface Entry {
  readonly id: ResourceId & { readonly uid: string }
  file: StatusFile
}

export class StatusUpdates {
  readonly #parts: StatusUpdatesParts
  readonly #queue: WorkQueue
  readonly #entries = new Map<string, Entry>()
  #warmUntil = 0
  #written = 0

  constructor(parts: StatusUpdatesParts) {
    this.#parts = parts
    this.#queue = new WorkQueue({
      clock: parts.clock,
      random: parts.random,
      run: key => this.#run(key),
      onFailure: parts.onFailure,
      limits: { concurrency: 8, longestRetryMs: 60_000 },
    })
  }

  get written(): number {
    return this.#written
  }

  /** Streams are about to come back: after a start, or after another leader has gone. */
  warmUp(): void {
    this.#warmUntil = this.#parts.clock.now() + warmUpMs
  }

  /** What an object's status ought to be from now on. */
  offer({ stored, draft }: StatusOffer): void {
    const key = keyOf(stored)
    const now = this.#parts.clock.now()
    const held = this.#entries.get(key)
    const before = held?.id.uid === stored.uid ? held.file : undefined
    const isKnown = before?.draft.generation === draft.generation
    const file: StatusFile = {
      draft,
      stored: readStoredStatus(stored.status),
      ...(before?.written === undefined ? {} : { written: before.written }),
      generationSince: isKnown ? before.generationSince : now,
      ...(draft.isSettled ? {} : { unsettledSince: before?.unsettledSince ?? now }),
      warmUntil: this.#warmUntil,
    }
    if (held !== undefined && before !== undefined) held.file = file
    else this.#entries.set(key, { id: idOf(stored), file })
    this.#queue.addAfter(key, 0)
  }

  /** The object is gone. */
  forget(stored: StoredResource): void {
    const key = keyOf(stored)
    if (this.#entries.get(key)?.id.uid !== stored.uid) return
    this.#entries.delete(key)
    this.#queue.remove(key)
  }

  /** Another replica writes from now on: what this one knew of its own writes is of no use. */
  forgetAll(): void {
    for (const key of this.#entries.keys()) this.#queue.remove(key)
    this.#entries.clear()
  }

  stop(): void {
    this.#queue.stop()
  }

  #run(key: string): void | Promise<void> {
    const entry = this.#entries.get(key)
    const { clock, leadership } = this.#parts
    if (entry === undefined || !leadership.isLeader()) return
    const step = planStatusWrite(entry.file, { now: clock.now(), wallTime: clock.wallTime() })
    if (step.kind === 'wait') return this.#queue.addAfter(key, step.milliseconds)
    if (step.kind === 'write') return this.#write(entry, step)
  }

  async #write(
    entry: Entry,
    {
      status,
      before,
    }: Pick<Extract<ReturnType<typeof planStatusWrite>, { kind: 'write' }>, 'status' | 'before'>,
  ): Promise<void> {
    const { kind, namespace, name, uid } = entry.id
    const at = this.#parts.clock.now()
    await this.#parts.writer.apply({ kind, namespace, name }, uid, status)
    this.#written += 1
    entry.file = { ...entry.file, written: { status, at } }
    // The reader's echo of it, or the end of the pause, brings the next look.
    this.#queue.addAfter(keyOf(entry.id), 0)
    for (const event of transitionEvents(before, status)) this.#parts.events.record(entry.id, event)
  }
}

function keyOf({ kind, namespace, name }: ResourceId): string {
  return `${kind}/${namespace}/${name}`
}

function idOf({ kind, namespace, name, uid }: StoredResource): Entry['id'] {
  return { kind, namespace, name, uid }
}
