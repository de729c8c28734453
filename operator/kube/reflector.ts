// Keeps a store in step with a collection of the API server: list, then watch from there, over and over. What breaks is taken
// up where it stopped; what cannot be taken up is listed anew; every now and then a list checks that the watch told all.
import { ApiError, isExpired } from './api-error.ts'
import { compareVersions, isLater } from './compare-versions.ts'
import { Backoff } from './full-jitter.ts'
import { listPages } from './list-pages.ts'
import {
  defaultLimits,
  type Range,
  type ReflectorCounters,
  type ReflectorLimits,
  type ReflectorOptions,
} from './reflector-options.ts'
import { RelistAudit } from './relist-audit.ts'
import { keyText, Store } from './store.ts'
import { wait } from './wait.ts'
import { silent, type WatchEvent, WatchGarbled, watchOnce } from './watch-once.ts'

/** At most ten seconds: for so long a replica may push what is out of date once the server is back. */
const backoffLimits = { firstMs: 500, longestMs: 10_000 }
/** A watch that lives this long, or tells anything, shows that the server is well. */
const healthyAfterMs = 5_000
/** Bookmarks come about every minute; two of them may be late. */
const catchUpMs = 180_000

export class Reflector<Item> {
  readonly store: Store<Item>
  readonly #options: ReflectorOptions<Item>
  readonly #limits: ReflectorLimits
  readonly #backoff: Backoff
  readonly #stopping = new AbortController()
  /** The version up to which everything is in the store; undefined: a full list is due. */
  #position: string | undefined
  #audit: RelistAudit<Item> | undefined
  /** A server keeps silent from the first watch on when it sends none; any other may be cut off before the first one. */
  #bookmarks: 'presumed' | 'seen' | 'missing' = 'presumed'
  #currentWatch = new AbortController()
  #running: Promise<unknown> = Promise.resolve()
  #hasWatched = false
  readonly #synced = Promise.withResolvers<void>()
  #counters = { lists: 0, watches: 0, restarts: 0, missed: 0 }

  constructor(options: ReflectorOptions<Item>) {
    this.#options = options
    this.#limits = { ...defaultLimits, ...options.limits }
    this.#backoff = new Backoff(backoffLimits, options.random)
    this.store = new Store(options)
  }

  get counters(): ReflectorCounters {
    return { ...this.#counters }
  }

  /** Resolves after the first full list. */
  get synced(): Promise<void> {
    return this.#synced.promise
  }

  /** The server has taken a watch: a new collection it lists for a moment before it does. */
  get hasWatched(): boolean {
    return this.#hasWatched
  }

  get path(): string {
    return this.#options.collection.path
  }

  start(): void {
    const { signal } = this.#stopping
    this.#running = Promise.all([this.#follow(signal), this.#checkNowAndThen(signal)])
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('stopped'))
    await this.#running
  }

  /** Drops everything that is held and starts again with a full list. */
  forget(): void {
    this.#startAnew('forgotten')
    for (const key of [...this.store.keys()]) this.store.remove(key)
  }

  async #follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const pauseMs = await this.#turn(signal)
      if (pauseMs > 0) await wait(this.#options.clock, pauseMs, signal)
    }
  }

  /** One list or one watch; the milliseconds to wait before the next. */
  async #turn(signal: AbortSignal): Promise<number> {
    try {
      if (this.#position === undefined) await this.#listAll(signal)
      else await this.#watch(this.#position, signal)
      return 0
    } catch (error) {
      if (signal.aborted) return 0
      if (isExpired(error) || error instanceof WatchGarbled) this.#position = undefined
      return this.#failed(error)
    }
  }

  async #listAll(signal: AbortSignal): Promise<void> {
    const { client, collection, project, report } = this.#options
    this.#counters.lists += 1
    this.#audit = undefined
    const seen = new Set<string>()
    let version = ''
    for await (const page of listPages(client, collection, { pageSize: this.#limits.pageSize, signal })) {
      version = page.resourceVersion
      for (const { head, object } of page.objects) {
        const item = project(object)
        if (item === undefined) continue
        seen.add(keyText(head))
        if (this.store.versionOf(head) !== head.resourceVersion)
          this.store.put(head, item, head.resourceVersion)
      }
    }
    for (const key of [...this.store.keys()]) if (!seen.has(keyText(key))) this.store.remove(key)
    this.#position = version
    this.store.markSynced()
    this.#synced.resolve()
    report({ kind: 'listed', path: collection.path })
  }

  async #watch(from: string, stopping: AbortSignal): Promise<void> {
    const { client, clock, collection, random } = this.#options
    this.#counters.watches += 1
    this.#currentWatch = new AbortController()
    const startedAt = clock.now()
    const isWell = () => this.#position !== from || clock.now() - startedAt >= healthyAfterMs
    try {
      await watchOnce({
        client,
        clock,
        collection,
        resourceVersion: from,
        timeoutSeconds: Math.round(chooseIn(this.#limits.watchSeconds, random)),
        bookmarks: this.#bookmarks === 'missing' ? 'uncertain' : 'expected',
        signal: AbortSignal.any([stopping, this.#currentWatch.signal]),
        onAccepted: () => {
          this.#hasWatched = true
        },
        onEvent: event => this.#take(event),
      })
      if (!isWell()) throw endedAtOnce(collection.path)
    } catch (error) {
      this.#counters.restarts += 1
      const isSilent = error instanceof ApiError && error.reason === silent
      if (isSilent && this.#bookmarks === 'presumed') this.#bookmarks = 'missing'
      throw error
    } finally {
      if (isWell()) this.#backoff.reset()
    }
  }

  #take(event: WatchEvent): void {
    // Lines that came in one piece with the one that made a listener start anew.
    if (this.#currentWatch.signal.aborted) return
    if (event.kind === 'bookmark') {
      this.#bookmarks = 'seen'
      this.#position = event.resourceVersion
      return
    }
    const { head } = event
    const item = event.kind === 'put' ? this.#options.project(event.object) : undefined
    this.#position = head.resourceVersion
    const held = this.store.versionOf(head)
    if (held !== undefined && isLater(held, head.resourceVersion)) return
    if (item === undefined) {
      this.#audit?.noteDeletion(head, head.resourceVersion)
      this.store.remove(head)
    } else {
      this.store.put(head, item, head.resourceVersion)
    }
  }

  async #checkNowAndThen(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options
    while (!signal.aborted) {
      await wait(clock, chooseIn(this.#limits.relistMs, random), signal)
      if (signal.aborted || this.#position === undefined) continue
      try {
        await this.#check(signal)
      } catch (error) {
        if (!signal.aborted) this.#tellFailure(error, 0)
      }
    }
  }

  async #check(signal: AbortSignal): Promise<void> {
    const { client, clock, collection, project } = this.#options
    const audit = new RelistAudit(this.store, project)
    this.#audit = audit
    this.#counters.lists += 1
    for await (const page of listPages(client, collection, { pageSize: this.#limits.pageSize, signal })) {
      audit.addPage(page)
    }
    audit.finish()
    const givesUpAt = clock.now() + catchUpMs
    while (!audit.isClean && !this.#hasReached(audit.listVersion) && clock.now() < givesUpAt) {
      await wait(clock, 1_000, signal)
      // A full list came in between and made this one needless.
      if (signal.aborted || this.#audit !== audit) return
    }
    this.#audit = undefined
    this.#settle(audit)
  }

  #settle(audit: RelistAudit<Item>): void {
    if (this.#position === undefined || audit.isClean) return
    const hasReached = this.#hasReached(audit.listVersion)
    const count = audit.settle(this.#position)
    this.#counters.missed += count
    if (count > 0) this.#options.report({ kind: 'missed', path: this.path, count })
    if (!hasReached) this.#startAnew('the watch does not come up to the list')
  }

  #hasReached(version: string): boolean {
    return this.#position !== undefined && (compareVersions(this.#position, version) ?? -1) >= 0
  }

  #startAnew(why: string): void {
    this.#position = undefined
    this.#audit = undefined
    this.#currentWatch.abort(new Error(why))
  }

  #failed(error: unknown): number {
    const retryInMs = this.#backoff.next(error instanceof ApiError ? error.retryAfterMs : 0)
    this.#tellFailure(error, retryInMs)
    return retryInMs
  }

  #tellFailure(error: unknown, retryInMs: number): void {
    this.#options.report({ kind: 'failed', path: this.path, error, retryInMs })
  }
}

function chooseIn({ shortest, longest }: Range, random: () => number): number {
  return shortest + random() * (longest - shortest)
}

function endedAtOnce(path: string): ApiError {
  const message = `watch of ${path}: the API server ended it at once`
  return new ApiError({ status: 0, reason: 'Ended', message })
}
