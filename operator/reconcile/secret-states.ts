// What is known of each key in a Secret, with some patience for those that have not been read yet.
import type { SecretState } from '../../crds/compile/compile-namespace.ts'
import type { SecretId } from '../../crds/snapshot/policy-snapshot.ts'
import type { Clock, SecretLookup, SecretReader } from './ports.ts'

/** How long a snapshot is held back for a key that is still being read: then it goes out without it. */
export const secretPatienceMs = 2000

export class SecretStates {
  readonly #reader: SecretReader
  readonly #clock: Clock
  /** When a key that was not read yet was first asked for. */
  readonly #askedAt = new Map<SecretId, number>()

  constructor(reader: SecretReader, clock: Clock) {
    this.#reader = reader
    this.#clock = clock
  }

  find(id: SecretId): SecretLookup {
    return this.#reader.find(id)
  }

  /** Waiting: ask again later, at the latest after `secretPatienceMs`. */
  stateOf(id: SecretId): SecretState | 'waiting' {
    const { kind } = this.#reader.find(id)
    if (kind !== 'pending') {
      this.#askedAt.delete(id)
      return kind
    }
    const now = this.#clock.now()
    const askedAt = this.#askedAt.get(id) ?? now
    this.#askedAt.set(id, askedAt)
    return now - askedAt < secretPatienceMs ? 'waiting' : 'SecretNotFound'
  }

  /** From now on exactly these are looked after. */
  watch(ids: ReadonlySet<SecretId>): void {
    for (const id of this.#askedAt.keys()) if (!ids.has(id)) this.#askedAt.delete(id)
    this.#reader.watch(ids)
  }
}
