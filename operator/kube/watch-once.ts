// One watch from its request to its end: lines become events, silence that lasts too long ends it.
import { LineCollector } from '../../crds/snapshot/collect-lines.ts'
import type { Clock } from '../reconcile/ports.ts'
import type { ApiClient } from './api-client.ts'
import { ApiError, errorOfStatus } from './api-error.ts'
import type { Collection } from './list-pages.ts'
import { fieldsOf, headOf, type ObjectHead, textOf } from './untrusted.ts'

export type WatchEvent =
  | { readonly kind: 'put'; readonly head: ObjectHead; readonly object: unknown }
  /** The version is that of the deletion. */
  | { readonly kind: 'gone'; readonly head: ObjectHead }
  /** Everything up to this version has been told. */
  | { readonly kind: 'bookmark'; readonly resourceVersion: string }

export interface WatchOptions {
  readonly client: ApiClient
  readonly clock: Clock
  readonly collection: Collection
  /** Events later than this version are wanted. */
  readonly resourceVersion: string
  /** After which the server is asked to end the watch. */
  readonly timeoutSeconds: number
  /** Without them a watch may be silent for as long as it lasts. */
  readonly bookmarks: 'expected' | 'uncertain'
  readonly signal: AbortSignal
  /** From now on the server tells what happens. */
  readonly onAccepted: () => void
  readonly onEvent: (event: WatchEvent) => void
}

/** The watch told something that makes no sense: what is known may be wrong from here on. */
export class WatchGarbled extends Error {
  override readonly name = 'WatchGarbled'
}

/** An object may have 1.5 MiB in etcd. */
const longestLineBytes = 4 * 1024 * 1024
/** How much later than asked the server may end the watch. */
const graceMs = 15_000
/** Where bookmarks come, which is about every minute, this much silence is a dead connection. */
const silenceBetweenBookmarksMs = 150_000

/** Resolves when the server ended the watch; rejects with `ApiError`, `WatchGarbled` or the signal's reason. */
export async function watchOnce(options: WatchOptions): Promise<void> {
  const { client, collection, onEvent } = options
  const silence = new SilenceTimer(options)
  const lines = new LineCollector(longestLineBytes, line => {
    const event = parseEvent(collection.path, line.toString('utf8'))
    if (event.kind === 'bookmark') silence.allow(silenceBetweenBookmarksMs)
    onEvent(event)
  })
  try {
    await client.stream(
      {
        method: 'GET',
        path: collection.path,
        query: {
          ...collection.query,
          watch: 'true',
          allowWatchBookmarks: 'true',
          resourceVersion: options.resourceVersion,
          timeoutSeconds: String(options.timeoutSeconds),
        },
        signal: AbortSignal.any([options.signal, silence.signal]),
      },
      chunk => {
        silence.heard()
        if (!lines.push(chunk)) throw tooLong(collection.path)
      },
      options.onAccepted,
    )
  } finally {
    silence.stop()
  }
}

/** Reason of the `ApiError` that ends a watch of which nothing was heard. */
export const silent = 'Silent'

/** Aborts when nothing was heard for too long: a half-open connection says nothing at all, not even that it is broken. */
class SilenceTimer {
  readonly #clock: Clock
  readonly #path: string
  readonly #controller = new AbortController()
  #allowedMs: number
  #lastHeardAt: number
  #cancel: () => void

  constructor({ clock, collection, timeoutSeconds, bookmarks }: WatchOptions) {
    this.#clock = clock
    this.#path = collection.path
    const wholeMs = timeoutSeconds * 1000 + graceMs
    this.#allowedMs = bookmarks === 'expected' ? Math.min(silenceBetweenBookmarksMs, wholeMs) : wholeMs
    this.#lastHeardAt = clock.now()
    this.#cancel = clock.schedule(this.#allowedMs, () => this.#look())
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  heard(): void {
    this.#lastHeardAt = this.#clock.now()
  }

  allow(milliseconds: number): void {
    if (milliseconds >= this.#allowedMs) return
    this.#allowedMs = milliseconds
    this.#cancel()
    this.#cancel = this.#clock.schedule(milliseconds, () => this.#look())
  }

  stop(): void {
    this.#cancel()
  }

  #look(): void {
    const leftMs = this.#lastHeardAt + this.#allowedMs - this.#clock.now()
    if (leftMs > 0) {
      this.#cancel = this.#clock.schedule(leftMs, () => this.#look())
      return
    }
    const message = `watch of ${this.#path}: nothing was heard for ${this.#allowedMs} ms`
    this.#controller.abort(new ApiError({ status: 0, reason: silent, message }))
  }
}

function tooLong(path: string): WatchGarbled {
  return new WatchGarbled(`watch of ${path}: a line is longer than ${longestLineBytes} bytes`)
}

function parseEvent(path: string, line: string): WatchEvent {
  const fields = fieldsOf(parseLine(path, line))
  const type = textOf(fields['type'])
  const object = fields['object']
  if (type === 'ERROR') throw errorOfStatus(path, object)
  if (type === 'BOOKMARK') {
    const resourceVersion = textOf(fieldsOf(fieldsOf(object)['metadata'])['resourceVersion'])
    if (resourceVersion === '') throw new WatchGarbled(`watch of ${path}: a bookmark without a version`)
    return { kind: 'bookmark', resourceVersion }
  }
  const head = headOf(object)
  if (head === undefined) throw new WatchGarbled(`watch of ${path}: an event without an object`)
  if (type === 'ADDED' || type === 'MODIFIED') return { kind: 'put', head, object }
  if (type === 'DELETED') return { kind: 'gone', head }
  throw new WatchGarbled(`watch of ${path}: an event of an unknown type`)
}

function parseLine(path: string, line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    // Without the parser's words, which quote the line: it may be a Secret.
    throw new WatchGarbled(`watch of ${path}: a line is no JSON`)
  }
}
