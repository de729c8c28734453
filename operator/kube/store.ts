// Objects as last seen, by namespace and name, with an account of every change.
import type { Cancel, Change, Reader } from '../reconcile/ports.ts'

export interface ObjectKey {
  /** Empty for cluster kinds. */
  readonly namespace: string
  readonly name: string
}

interface Entry<Item> {
  item: Item
  version: string
}

/** The name of an object among all of its kind. */
export function keyText({ namespace, name }: ObjectKey): string {
  return `${namespace}/${name}`
}

export interface StoreOptions<Item> {
  /** Of two states of an object: listeners are not told of a change that they could not see. */
  readonly isSame?: (one: Item, other: Item) => boolean
  /** What is held of an object from now on, where its past matters: absent, what has arrived. */
  readonly carry?: (before: Item, after: Item) => Item
}

export class Store<Item> implements Reader<Item> {
  readonly #namespaces = new Map<string, Map<string, Entry<Item>>>()
  readonly #listeners = new Set<(change: Change<Item>) => void>()
  readonly #isSame: (one: Item, other: Item) => boolean
  readonly #carry: (before: Item, after: Item) => Item
  #size = 0
  #synced = false

  constructor({ isSame = () => false, carry = (_before, after) => after }: StoreOptions<Item> = {}) {
    this.#isSame = isSame
    this.#carry = carry
  }

  get size(): number {
    return this.#size
  }

  *list(): Iterable<Item> {
    for (const entries of this.#namespaces.values()) {
      for (const entry of entries.values()) yield entry.item
    }
  }

  *inNamespace(namespace: string): Iterable<Item> {
    for (const entry of this.#namespaces.get(namespace)?.values() ?? []) yield entry.item
  }

  find(namespace: string, name: string): Item | undefined {
    return this.#namespaces.get(namespace)?.get(name)?.item
  }

  hasSynced(): boolean {
    return this.#synced
  }

  onChange(listener: (change: Change<Item>) => void): Cancel {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** The resourceVersion of what is held of this object. */
  versionOf({ namespace, name }: ObjectKey): string | undefined {
    return this.#namespaces.get(namespace)?.get(name)?.version
  }

  *keys(): Iterable<ObjectKey> {
    for (const [namespace, entries] of this.#namespaces) {
      for (const name of entries.keys()) yield { namespace, name }
    }
  }

  markSynced(): void {
    this.#synced = true
  }

  put({ namespace, name }: ObjectKey, arrived: Item, version: string): void {
    let entries = this.#namespaces.get(namespace)
    if (entries === undefined) {
      entries = new Map()
      this.#namespaces.set(namespace, entries)
    }
    const entry = entries.get(name)
    if (entry === undefined) {
      entries.set(name, { item: arrived, version })
      this.#size += 1
      this.#tell({ after: arrived })
      return
    }
    const before = entry.item
    const item = this.#carry(before, arrived)
    entry.version = version
    if (this.#isSame(before, item)) return
    entry.item = item
    this.#tell({ before, after: item })
  }

  remove({ namespace, name }: ObjectKey): void {
    const entries = this.#namespaces.get(namespace)
    const entry = entries?.get(name)
    if (entries === undefined || entry === undefined) return
    entries.delete(name)
    if (entries.size === 0) this.#namespaces.delete(namespace)
    this.#size -= 1
    this.#tell({ before: entry.item })
  }

  #tell(change: Change<Item>): void {
    for (const listener of [...this.#listeners]) listener(change)
  }
}
