// Keys that the operator hands over. In memory only: nothing here is ever written, logged or shown.
import type { PushedSecret } from '../../crds/snapshot/control-frames.ts'
import type { SecretId } from '../../crds/snapshot/policy-snapshot.ts'
import type { Confidential } from '../failure/confidential.ts'
import type { Clock } from '../resilience/clock.ts'
import { readKey } from './read-key.ts'

interface HeldSecret {
  /** The key, or what is wrong with it. */
  readonly key: Confidential | string
  /** What stood here before, while a provider may still know only that. */
  readonly previous?: { readonly key: Confidential; readonly replacedAt: number }
}

/** A provider may take a while to know a new key, or to forget the old one. */
const overlapMs = 60_000
/** Old keys that are still masked. */
const maxRemembered = 1000

export class PushedSecrets {
  readonly #clock: Clock
  #held: ReadonlyMap<SecretId, HeldSecret> = new Map()
  /** By value, so that each is masked once; the oldest goes first. */
  readonly #former = new Map<string, Confidential>()
  #arrival: Promise<void> | undefined
  #arrived: () => void = () => undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** They are on their way: for so long a request may wait for the one that it needs. */
  expect(withinMs: number): void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#arrival = promise
    this.#arrived = () => {
      this.#arrival = undefined
      resolve()
    }
    this.#clock.schedule(withinMs, this.#arrived)
  }

  /** Resolves when what is on its way has come, or has had its time; undefined: nothing is. */
  get arrival(): Promise<void> | undefined {
    return this.#arrival
  }

  /** What is not in the list is gone at once. Returns the ids whose value is new or another one. */
  replace(secrets: readonly PushedSecret[]): ReadonlySet<SecretId> {
    const next = new Map<SecretId, HeldSecret>()
    const changed = new Set<SecretId>()
    for (const secret of secrets) {
      const held = this.#follow(this.#held.get(secret.id), secret)
      next.set(secret.id, held)
      if (held !== this.#held.get(secret.id)) changed.add(secret.id)
    }
    for (const { key } of this.#held.values()) if (typeof key !== 'string') this.#remember(key)
    this.#held = next
    this.#arrived()
    return changed
  }

  /** The key under this id, or why there is none. */
  find(id: SecretId): Confidential | string {
    return this.#held.get(id)?.key ?? 'the operator has not handed it over'
  }

  /** After a key was refused: the one that came since, or the one that it replaced a short while ago. */
  alternative(id: SecretId, refused: Confidential): Confidential | undefined {
    const held = this.#held.get(id)
    if (held === undefined || typeof held.key === 'string') return undefined
    if (held.key !== refused) return held.key
    const { previous } = held
    if (previous === undefined || this.#clock.now() - previous.replacedAt > overlapMs) return undefined
    return previous.key
  }

  /** Every key there is and was, for masking. */
  all(): readonly Confidential[] {
    const current = [...this.#held.values()].flatMap(({ key }) => (typeof key === 'string' ? [] : [key]))
    return [...this.#former.values(), ...current]
  }

  #follow(before: HeldSecret | undefined, { value }: PushedSecret): HeldSecret {
    const key = readKey(value, 'the key in the Secret is empty')
    if (before !== undefined && isSame(before.key, key)) return before
    if (before === undefined || typeof before.key === 'string') return { key }
    return { key, previous: { key: before.key, replacedAt: this.#clock.now() } }
  }

  #remember(key: Confidential): void {
    this.#former.delete(key.reveal())
    this.#former.set(key.reveal(), key)
    const [oldest] = this.#former.keys()
    if (this.#former.size > maxRemembered && oldest !== undefined) this.#former.delete(oldest)
  }
}

function isSame(one: Confidential | string, other: Confidential | string): boolean {
  if (typeof one === 'string' || typeof other === 'string') return one === other
  return one.reveal() === other.reveal()
}
