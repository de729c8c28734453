// Events for `kubectl describe`: repeats become one event with a count, floods are cut off, nobody waits for any of it.
import { createHash } from 'node:crypto'
import { apiVersion } from '../../crds/resources/resource.ts'
import type { Clock, EventRecorder, EventSubject, RecordedEvent } from '../reconcile/ports.ts'
import type { ApiClient } from './api-client.ts'
import { hasStatus } from './api-error.ts'
import { microTime } from './micro-time.ts'

export interface EventRecorderOptions {
  readonly client: ApiClient
  readonly clock: Clock
  readonly random: () => number
  /** Of this replica. */
  readonly identity: string
  readonly onFailure: (error: unknown) => void
}

interface Series {
  readonly path: string
  count: number
  lastSeenAt: number
  writtenAt: number
}

const controller = 'llmfallback.io/operator'
/** A repeat within this time counts up the event that is there. */
const sameEventMs = 10 * 60_000
/** How often a count is written at most. */
const countEveryMs = 60_000
const mostWaiting = 200
const mostSeries = 1_000
const longestNote = 1_000

/** How many events at once, and how many a second after that. */
interface Rate {
  readonly burst: number
  readonly perSecond: number
}

const resourceRate: Rate = { burst: 50, perSecond: 2 }
/** A rollout makes many pods at once, and what is told of them comes once. */
const podRate: Rate = { burst: 200, perSecond: 20 }

export interface RunningEventRecorder extends EventRecorder {
  /** Events that were not written because there were too many. */
  dropped(): number
}

export function createEventRecorder(options: EventRecorderOptions): RunningEventRecorder {
  const resources = new BoundedRecorder(options, resourceRate)
  const pods = new BoundedRecorder(options, podRate)
  return {
    record: (subject, event) => (subject.kind === 'Pod' ? pods : resources).record(subject, event),
    dropped: () => resources.dropped() + pods.dropped(),
  }
}

class BoundedRecorder implements RunningEventRecorder {
  readonly #options: EventRecorderOptions
  readonly #rate: Rate
  /** In the order of last use. */
  readonly #series = new Map<string, Series>()
  readonly #waiting: (() => Promise<unknown>)[] = []
  #isWriting = false
  #tokens: number
  #filledAt: number
  #dropped = 0

  constructor(options: EventRecorderOptions, rate: Rate) {
    this.#options = options
    this.#rate = rate
    this.#tokens = rate.burst
    this.#filledAt = options.clock.now()
  }

  dropped(): number {
    return this.#dropped
  }

  record(subject: EventSubject, event: RecordedEvent): void {
    const now = this.#options.clock.now()
    const key = JSON.stringify([subject.uid, event.type, event.reason, event.message])
    const known = this.#series.get(key)
    this.#series.delete(key)
    if (known !== undefined && now - known.lastSeenAt < sameEventMs) {
      this.#series.set(key, known)
      known.lastSeenAt = now
      if (subject.kind !== 'Pod') this.#repeat(known, now)
      return
    }
    if (!this.#mayWrite(now)) return
    const name = subject.kind === 'Pod' ? fixedName(subject.name, key) : this.#nameOf(subject.name)
    const collection = `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(namespaceOf(subject))}/events`
    const body = this.#objectOf(subject, event, name)
    const path = `${collection}/${encodeURIComponent(name)}`
    this.#series.set(key, { path, count: 1, lastSeenAt: now, writtenAt: now })
    this.#forgetOldest()
    this.#enqueue(() => this.#options.client.send({ method: 'POST', path: collection, body }))
  }

  #repeat(series: Series, now: number): void {
    series.count += 1
    if (now - series.writtenAt < countEveryMs || !this.#mayWrite(now)) return
    series.writtenAt = now
    const lastObservedTime = microTime(this.#options.clock.wallTime())
    const body = { series: { count: series.count, lastObservedTime } }
    const contentType = 'application/merge-patch+json'
    this.#enqueue(() => this.#options.client.send({ method: 'PATCH', path: series.path, contentType, body }))
  }

  #forgetOldest(): void {
    const [oldest] = this.#series.keys()
    if (this.#series.size > mostSeries && oldest !== undefined) this.#series.delete(oldest)
  }

  #mayWrite(now: number): boolean {
    const { burst, perSecond } = this.#rate
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filledAt) / 1000) * perSecond)
    this.#filledAt = now
    if (this.#tokens < 1 || this.#waiting.length >= mostWaiting) {
      this.#dropped += 1
      return false
    }
    this.#tokens -= 1
    return true
  }

  #enqueue(write: () => Promise<unknown>): void {
    this.#waiting.push(write)
    if (!this.#isWriting) void this.#writeAll()
  }

  /** One at a time: events are the least of what the API server has to do. */
  async #writeAll(): Promise<void> {
    this.#isWriting = true
    for (let write = this.#waiting.shift(); write !== undefined; write = this.#waiting.shift()) {
      try {
        await write()
      } catch (error) {
        // An event or its namespace may be gone by now, or another replica has told the same of a pod; nothing depends on it.
        if (!hasStatus(error, 404) && !hasStatus(error, 409)) this.#options.onFailure(error)
      }
    }
    this.#isWriting = false
  }

  #nameOf(name: string): string {
    const unique = Math.floor(this.#options.random() * 2 ** 48)
    return `${name.slice(0, 200)}.${this.#options.clock.wallTime().toString(16)}${unique.toString(16)}`
  }

  #objectOf(subject: EventSubject, event: RecordedEvent, name: string): unknown {
    return {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { namespace: namespaceOf(subject), name },
      eventTime: microTime(this.#options.clock.wallTime()),
      reportingController: controller,
      reportingInstance: this.#options.identity.slice(0, 128),
      action: event.reason,
      reason: event.reason,
      type: event.type,
      note: event.message.slice(0, longestNote),
      regarding: {
        apiVersion: subject.kind === 'Pod' ? 'v1' : apiVersion,
        kind: subject.kind,
        name: subject.name,
        uid: subject.uid,
        ...(subject.namespace === '' ? {} : { namespace: subject.namespace }),
      },
    }
  }
}

/** The same for the same event, whoever writes it: the API server keeps the first one. */
function fixedName(name: string, key: string): string {
  return `${name.slice(0, 200)}.${createHash('sha256').update(key).digest('hex').slice(0, 16)}`
}

/** The API keeps events about cluster kinds in this namespace. */
function namespaceOf({ namespace }: EventSubject): string {
  return namespace === '' ? 'default' : namespace
}
