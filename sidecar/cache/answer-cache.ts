// The answers that a chain may fall back on: exact, in memory, bounded in bytes. lru-cache lives here alone.
import { LRUCache } from 'lru-cache'
import type { AnswerOrigin, CachedAnswer, CachePort } from '../chain/ports.ts'
import type { Clock } from '../resilience/clock.ts'

/** Larger answers are not kept: a few of them would push out everything else. */
const maxAnswerBytes = 1024 * 1024
/** No answer is older than this, whatever a policy asks. */
const maxAgeEverMs = 24 * 60 * 60 * 1000
/** What an entry takes beside its answer: key, object, list links. */
const entryBytes = 512

export interface AnswerCacheOptions {
  /** Bytes that all answers together may take. */
  readonly maxBytes: number
  readonly clock: Clock
}

export interface AnswerCache extends CachePort {
  stats(): { readonly entries: number; readonly bytes: number }
}

/** Bytes only, so that the size of an entry is what it takes and no larger text or buffer is held by it. */
interface StoredAnswer {
  readonly kind: CachedAnswer['body']['kind']
  readonly bytes: Buffer
  readonly origin: AnswerOrigin
  readonly storedAt: number
}

export function createAnswerCache({ maxBytes, clock }: AnswerCacheOptions): AnswerCache {
  const answers = new LRUCache<string, StoredAnswer>({
    maxSize: Math.max(1, maxBytes),
    maxEntrySize: Math.max(1, Math.min(maxAnswerBytes + entryBytes, maxBytes)),
    sizeCalculation: answer => answer.bytes.length + entryBytes,
  })
  return {
    find(key, maxAgeMs) {
      const answer = answers.get(key)
      if (answer === undefined) return undefined
      const ageMs = clock.now() - answer.storedAt
      if (ageMs > maxAgeEverMs) answers.delete(key)
      return ageMs > Math.min(maxAgeMs, maxAgeEverMs) ? undefined : restore(answer)
    },
    store(key, answer) {
      const bytes = ownBytes(answer.body)
      answers.set(key, {
        kind: answer.body.kind,
        bytes,
        origin: answer.origin,
        storedAt: answer.storedAt,
      })
    },
    stats: () => ({ entries: answers.size, bytes: answers.calculatedSize }),
  }
}

/** A view on a larger block of memory would keep the whole block alive: such bytes are copied. */
function ownBytes(body: CachedAnswer['body']): Buffer {
  const bytes = body.kind === 'stream' ? Buffer.from(body.text) : body.bytes
  if (bytes.buffer.byteLength === bytes.byteLength) return bytes
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  bytes.copy(copy)
  return copy
}

function restore({ kind, bytes, origin, storedAt }: StoredAnswer): CachedAnswer {
  const body: CachedAnswer['body'] =
    kind === 'whole' ? { kind, bytes } : { kind, text: bytes.toString('utf8') }
  return { body, origin, storedAt }
}
